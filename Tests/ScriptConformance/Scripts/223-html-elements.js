// about: elements and their methods
import { parseHTML } from 'k6/html';

const page = open('./fixtures/page.html');

export default function () {
  const doc = parseHTML(page);
  const h1 = doc.find('h1').get(0);
  console.log(h1.nodeName(), h1.nodeType(), h1.nodeValue(), h1.id(), h1.innerHTML(), h1.textContent(), h1.toString());
  const body = doc.find('body').get(0);
  console.log(body.className(), JSON.stringify(body.classList()), body.hasAttribute('class'), body.hasAttributes(), body.getAttribute('data-count'), body.getAttribute('none'));
  console.log(doc.find('html').get(0).lang(), body.childElementCount(), body.firstElementChild().nodeName(), body.lastElementChild().nodeName());
  const node = body.getAttributeNode('class');
  console.log(node.name, node.value, Object.keys(body.attributes()).sort().join());
  console.log(h1.childNodes().length, h1.children().length, h1.firstChild().nodeName(), h1.firstChild().nodeValue(), h1.lastChild().textContent());
  console.log(h1.nextElementSibling().textContent(), h1.parentElement().nodeName(), h1.previousElementSibling(), h1.nextSibling().nodeType());
  console.log(body.querySelector('li.sold').textContent(), body.querySelectorAll('li').length, body.getElementsByTagName('p').length, body.getElementsByClassName('item').length);
  console.log(body.contains(h1), h1.matches('h1#top'), h1.isEqualNode(h1), h1.isSameNode(body), h1.ownerDocument().nodeName(), h1.selection().size());
  console.log(h1.namespaceURI(), h1.ownerDocument().childNodes ? 'has nodes' : 'none');
  const link = doc.find('a').eq(3).get(0);
  console.log(link.href(), link.hash(), link.host(), link.hostname(), link.pathname(), link.port(), link.protocol(), link.search(), link.origin(), link.username());
  const other = doc.find('a').eq(1).get(0);
  console.log(other.target(), other.text(), other.relList && JSON.stringify(other.relList()));
  const input = doc.find('input').get(0);
  console.log(input.value(), input.name(), input.type(), input.disabled(), input.form().id(), input.labels().length);
  console.log(doc.find('[name=c1]').get(0).checked(), doc.find('[name=number]').get(0).disabled());
  const form = doc.find('form').get(0);
  console.log(form.action(), form.method(), form.length(), form.elements().length, form.enctype());
  const select = doc.find('select').eq(1).get(0);
  console.log(select.multiple(), select.length(), select.selectedOptions().length, select.selectedIndex(), select.type());
  const option = doc.find('option').eq(1).get(0);
  console.log(option.value(), option.text(), option.selected(), option.index(), option.disabled());
  const table = doc.find('table').get(0);
  console.log(table.rows().length, table.rows()[0].cells().length, table.tBodies().length);
}
