// about: moving about in a document
import { parseHTML } from 'k6/html';

const page = open('./fixtures/page.html');

export default function () {
  const doc = parseHTML(page);
  const show = (name, selection) =>
    console.log(name, selection.size(), selection.map((index, one) => `${one.get(0).nodeName()}:${one.text().trim().slice(0, 12)}`).join(' | '));
  const items = doc.find('li');
  show('all', items);
  show('first', items.first());
  show('last', items.last());
  show('eq 1', items.eq(1));
  show('eq -1', items.eq(-1));
  show('eq 9', items.eq(9));
  show('slice', items.slice(1, 3));
  show('filter', items.filter('.sold'));
  show('filter fn', items.filter((index) => index !== 1));
  show('not', items.not('.sold'));
  show('not fn', items.not((index, one) => one.text() === 'One'));
  show('has', items.has('b'));
  show('add', doc.find('li').first().add('h1'));
  show('end', doc.find('li').first().end());
  show('next', items.first().next());
  show('next sel', items.first().next('.none'));
  show('nextAll', items.first().nextAll());
  show('nextUntil', doc.find('h1').nextUntil('h2'));
  show('prev', items.last().prev());
  show('prevAll', items.last().prevAll());
  show('prevUntil', items.last().prevUntil(':first-child'));
  show('siblings', items.eq(1).siblings());
  show('children', doc.find('ul').children());
  show('children sel', doc.find('ul').children('.sold'));
  show('parent', items.parent());
  show('closest', doc.find('b').closest('ul'));
  show('parentsUntil', doc.find('b').parentsUntil('body'));
  console.log('parents', doc.find('b').parents().map((index, one) => one.get(0).nodeName()).join());
  console.log('contents', doc.find('li.sold').contents().size(), doc.find('li.sold').contents().first().text());
  console.log('is', items.is('.sold'), items.first().is('.sold'), items.first().is((index, one) => index === 0));
  console.log('index', items.eq(2).index(), doc.find('.sold').index('li'), items.index(items.get(1)));
  console.log('get', typeof items.get(0), items.get(9), items.get(-1) && items.get(-1).textContent(), items.get().length);
  console.log('toArray', items.toArray().length, items.toArray()[1].text());
  const names = [];
  console.log('each', items.each((index, element) => names.push(`${index}${element.nodeName()}`)).size(), names.join());
  console.log('map', items.map((index, one) => index * 2).join(), items.size(), items.length);
}
