import { Button, Group, Text } from '@mantine/core';
import type { Action } from '../../../../../src/domain/action.ts';
import type { DecidingGrant, ReachAnswer, ReachedPage } from '../../../api.ts';
import type { LocalOrder } from '../../../list/list-state.ts';
import type { Column } from '../../../list/list-table.tsx';
import { inWords } from '../../log/reasons.ts';
import { Because, grantsOf } from './because-cell.tsx';
import { Review } from './review.tsx';

interface ReachedPagesProps {
  readonly action: Action;
  /** The parts that were read so far. */
  readonly parts: readonly ReachAnswer[];
  readonly askedAt: number;
  readonly csv: string;
  /** Null: there is no more. */
  readonly onMore: (() => void) | null;
}

/** The pages that a principal can use. */
export function ReachedPages({ action, parts, askedAt, csv, onMore }: ReachedPagesProps) {
  const [first] = parts;
  if (first === undefined) return null;
  const rows = parts.flatMap(({ pages }) => pages);
  const grants = parts.flatMap(part => part.grants);
  return (
    <Review
      label="Pages"
      says={`${first.name} may do ${action} ${countsOf(first)}.`}
      revision={first.revision}
      askedAt={askedAt}
      rows={rows}
      columns={columnsOf(grants)}
      order={orderOf(grants)}
      sort="place"
      empty="There is no such page."
      csv={csv}
      keyOf={({ id }) => id}
    >
      {onMore !== null && (
        <Group gap="sm" className="unprinted">
          <Text size="sm">
            These are the first {rows.length}. Sorting, searching and printing have these only; the table has all.
          </Text>
          <Button size="xs" variant="default" onClick={onMore}>
            Read more
          </Button>
        </Group>
      )}
    </Review>
  );
}

/** Says nothing about the number if the reader may not see all of them. */
function countsOf({ counts }: ReachAnswer): string {
  if (counts === null) return 'with these pages and databases';
  const sometimes = counts.sometimes === 0 ? '' : `, and with ${counts.sometimes} in some calls, by conditions`;
  return `with ${counts.always} pages and databases in every call${sometimes}`;
}

function columnsOf(grants: readonly DecidingGrant[]): readonly Column<ReachedPage>[] {
  return [
    { key: 'page', label: 'Page', sortable: true, width: 150, cell: titleOf },
    { key: 'place', label: 'In', sortable: true, from: 'sm', cell: placeOf },
    {
      key: 'actions',
      label: 'May do',
      sortable: true,
      cell: ({ actions, effect }) => (effect === 'deny' ? 'in some calls, by conditions' : actions.join(', ')),
    },
    {
      key: 'because',
      label: 'Because',
      sortable: true,
      from: 'sm',
      cell: page => <Because because={page.because} grants={grantsOf(page, grants)} />,
    },
  ];
}

function orderOf(grants: readonly DecidingGrant[]): LocalOrder<ReachedPage> {
  const because = (page: ReachedPage) =>
    [inWords(page.because), ...grantsOf(page, grants).map(({ reason }) => reason)].join(' ');
  return {
    text: page => `${titleOf(page)} ${placeOf(page)} ${page.actions.join(' ')} ${because(page)}`,
    // Besides sorting by place: a page comes after its parent.
    by: { page: titleOf, place: placeOf, actions: ({ actions }) => actions.length, because },
  };
}

function titleOf({ title, kind, id }: ReachedPage): string {
  return title === null ? `${kind.replace('_', ' ')} ${id}` : title === '' ? 'Untitled' : title;
}

/** From the top down. */
function placeOf({ path }: ReachedPage): string {
  return path
    .map(({ title, id, kind }) => title ?? (id === null ? `a ${kind} that you may not read` : `${kind} ${id}`))
    .toReversed()
    .join(' › ');
}
