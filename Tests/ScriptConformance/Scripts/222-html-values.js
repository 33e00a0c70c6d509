// about: texts, attributes, data and values of a document
import { parseHTML } from 'k6/html';

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

const page = open('./fixtures/page.html');

export default function () {
  const doc = parseHTML(page);
  console.log(doc.find('h1').text(), '|', doc.find('h1').html(), '|', doc.find('li').text());
  console.log(doc.find('h1').attr('id'), doc.find('h1').attr('none'), doc.find('h1').attr('none', 'default'), doc.find('none').attr('id'));
  const body = doc.find('body');
  console.log(text(body.data()), body.data('kind'), body.data('count'), typeof body.data('count'), body.data('yes'), body.data('twoWords'), body.data('none'));
  console.log(doc.find('[name=name]').val(), doc.find('[name=one]').val(), JSON.stringify(doc.find('[name=many]').val()), doc.find('[name=area]').val(), doc.find('[name=c2]').val());
  const form = doc.find('#form');
  console.log(form.serialize());
  console.log(JSON.stringify(form.serializeArray()));
  console.log(JSON.stringify(form.serializeObject()));
  console.log(JSON.stringify(doc.find('none').text()), doc.find('none').html(), doc.find('none').val());
  const broken = parseHTML('<p>one<p>two<b>three</p><td>four');
  console.log(broken.find('p').size(), broken.find('body').html());
  const fragment = parseHTML('just text');
  console.log(fragment.text(), fragment.find('body').html(), parseHTML('').find('body').size());
  console.log(parseHTML('<a title="a &amp; b &#228; &euro;">&lt;x&gt; &nbsp;</a>').find('a').attr('title'));
  console.log(doc.find('p.second').html(), '|', doc.find('p.second').text());
}
