/**
 * Opens the page's collapsed boxes and sets the light colors for printing; makes a box a stop of the Tab key only if
 * it scrolls.
 *
 * Invariant: after printing everything is as it was before. This script comes before that of the charts, which are
 * drawn in the colors that it sets.
 */
let unfolded: HTMLDetailsElement[] = [];
addEventListener('beforeprint', () => {
  document.documentElement.classList.add('paper');
  unfolded = [...document.querySelectorAll<HTMLDetailsElement>('figure details:not([open])')];
  for (const details of unfolded) details.open = true;
});
addEventListener('afterprint', () => {
  document.documentElement.classList.remove('paper');
  for (const details of unfolded) details.open = false;
});

const scrolls: ResizeObserver = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = target;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight)
      target.setAttribute('tabindex', '0');
    else target.removeAttribute('tabindex');
  }
});
for (const box of document.querySelectorAll('.scroll')) scrolls.observe(box);
