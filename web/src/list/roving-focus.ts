import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';

/** A field for text is a stop of its own: in it, the arrow keys move in the text. */
const controls = 'button, a[href], input[type="checkbox"], select';

/**
 * Makes the controls in the rows of a table one stop of the Tab key, however many rows there are; the arrow keys, Home and
 * End go from one to the next (ARIA Authoring Practices: roving tabindex). Rows are the `tr` of its body.
 */
export function useRovingFocus(table: RefObject<HTMLTableElement | null>): {
  onKeyDown(event: KeyboardEvent): void;
  onFocus(event: FocusEvent): void;
} {
  const current = useRef<HTMLElement | null>(null);
  // After every drawing: rows come and go, and so do the buttons in them.
  useEffect(() => {
    const all = rowsOf(table.current).flat();
    if (current.current === null || !all.includes(current.current)) current.current = all[0] ?? null;
    for (const control of all) control.tabIndex = control === current.current ? 0 : -1;
  });
  return {
    onFocus({ target }) {
      const all = rowsOf(table.current).flat();
      if (!(target instanceof HTMLElement) || !all.includes(target)) return;
      current.current = target;
      for (const control of all) control.tabIndex = control === target ? 0 : -1;
    },
    onKeyDown(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const next = neighbour(rowsOf(table.current), event.target, event.key);
      if (next === null) return;
      event.preventDefault();
      next.focus();
    },
  };
}

/** The controls of each row that has any. What cannot be used is passed over. */
function rowsOf(table: HTMLTableElement | null): HTMLElement[][] {
  const rows = [...(table?.tBodies ?? [])].flatMap(body => [...body.rows]);
  const usable = (row: HTMLTableRowElement) =>
    [...row.querySelectorAll<HTMLElement>(controls)].filter(control => !control.matches(':disabled'));
  return rows.map(usable).filter(found => found.length > 0);
}

function neighbour(rows: readonly (readonly HTMLElement[])[], target: EventTarget, key: string): HTMLElement | null {
  if (!(target instanceof HTMLElement)) return null;
  const row = rows.findIndex(controls => controls.includes(target));
  if (row === -1) return null;
  const column = rows[row]?.indexOf(target) ?? 0;
  const inRow = (index: number, at: number) => rows[index]?.[at] ?? rows[index]?.at(-1) ?? null;
  switch (key) {
    case 'ArrowDown':
      return inRow(row + 1, column);
    case 'ArrowUp':
      return row === 0 ? null : inRow(row - 1, column);
    case 'ArrowRight':
      return rows[row]?.[column + 1] ?? null;
    case 'ArrowLeft':
      return column === 0 ? null : (rows[row]?.[column - 1] ?? null);
    case 'Home':
      return inRow(0, column);
    case 'End':
      return inRow(rows.length - 1, column);
    default:
      return null;
  }
}
