// about: selectors of k6/html
import { parseHTML } from 'k6/html';

const page = open('./fixtures/page.html');

export default function () {
  const doc = parseHTML(page);
  for (const selector of [
    'h1', '#top', '.item', 'li.item.sold', 'ul > li', 'ul li b', 'h1 + p', 'h1 ~ p', 'a[href]', 'a[href="/one"]', 'a[href^="/"]',
    'a[href$=".html"]', 'a[href*="ou"]', '[data-kind~="small"]', '[lang|="en"]', 'li:first-child', 'li:last-child', 'li:nth-child(2)',
    'li:nth-child(2n+1)', 'li:nth-last-child(1)', 'p:first-of-type', 'p:nth-of-type(2)', 'b:only-child', 'p:empty', 'li:not(.sold)',
    'p:contains("second")', 'ul:has(b)', 'h1, h2', '*', 'option:checked', 'input[type=checkbox]', 'INPUT', 'body > *', ':root', 'none',
    'input:disabled', 'input:enabled', 'li:odd',
  ]) {
    let found;
    try {
      found = doc.find(selector);
      found = `${found.size()} ${found.first().text().trim().slice(0, 20)}`;
    } catch (error) {
      found = 'threw';
    }
    console.log(selector, '=>', found);
  }
}
