/**
 * Keeps the place of a person who works by keyboard. A button that waits for an answer is disabled, and one that did
 * its work may be gone: browsers then drop the focus, and the next Tab starts at the top of the page. Here the focus
 * comes back to the element when it can be used again, or goes to the nearest element that is left.
 */
export function keepFocus(document: Document): void {
  let around: readonly HTMLElement[] = [];
  document.addEventListener('focusin', ({ target }) => {
    around = ancestry(target);
  });
  // A click outside of everything means that the person wants to leave.
  document.addEventListener('pointerdown', () => {
    around = [];
  });
  new MutationObserver(() => {
    if (document.activeElement !== document.body) return;
    const [held] = around;
    if (held === undefined || (held.isConnected && held.matches(':disabled'))) return;
    around
      .find(element => element.isConnected && (element === held || isPart(element)))
      ?.focus({ preventScroll: true });
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
}

/** The element, and all that it is in: once it is gone, it can no longer be asked. */
function ancestry(target: EventTarget | null): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let element = target; element instanceof HTMLElement; element = element.parentElement) found.push(element);
  return found;
}

/** Cards, sections and the whole content can hold the focus (`tabIndex` -1): there a keyboard goes on. */
function isPart(element: HTMLElement): boolean {
  return element.matches('[tabindex="-1"]:is(article, section, main)');
}
