import { expect, test } from 'vitest';
import { jsonMarkup, markup } from '../../../../bench/report/html/markup.js';

test('what is inserted is escaped, in text and in attributes', () => {
  const evil = `<img src=x onerror="alert('1')"> & co`;
  expect(markup`<p title="${evil}">${evil}</p>`.html).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co">' +
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co</p>',
  );
});

test('markup is inserted as it is, lists are joined, nothing is written for undefined', () => {
  const items = ['a', '<b>'].map((text) => markup`<li>${text}</li>`);
  expect(markup`<ul>${items}${undefined}${0}</ul>`.html).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li>0</ul>',
  );
});

test('JSON can not end the script that holds it, and is still the same value', () => {
  const value = { text: '</script><!-- <script>', more: ['\u2028', '&lt;', '"'] };
  const { html } = jsonMarkup(value);
  expect(html).not.toContain('<');
  expect(JSON.parse(html)).toEqual(value);
});
