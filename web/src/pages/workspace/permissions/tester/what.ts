import { useQuery } from '@tanstack/react-query';
import { contentActions } from '../../../../../../src/domain/action.ts';
import { answerOf, api, type OperationTakes } from '../../../../api.ts';

/** What is tested: an action, or a call of Notion's API and the actions that it takes. */
export interface What {
  /** `action read` or `call pages.update`. */
  readonly value: string;
  readonly label: string;
  readonly actions: readonly string[];
  /** Further actions that depend on other parts of the request. */
  readonly sometimes: readonly string[];
  /** The kind of object that it is about. */
  readonly on: string;
}

const actions: readonly What[] = contentActions.map(action => ({
  value: `action ${action}`,
  label: action,
  actions: [action],
  sometimes: [],
  on: 'page',
}));

/** The kinds of objects that stand in a place, so that a decision about them depends on pages. */
const placed: ReadonlySet<string> = new Set(['page', 'database', 'data_source', 'block', 'comment', 'view']);

/** Everything that can be tested: actions are there at once, calls once the server has said what they take. */
export function useWhats() {
  const { data } = useQuery({
    queryKey: ['operations'],
    queryFn: () => answerOf(api.GET('/api/operations')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const calls = (data?.operations ?? []).filter(({ on, actions: taken }) => placed.has(on) && taken.length > 0);
  const whats = [...actions, ...calls.map(callOf)];
  const group = (label: string, items: readonly What[]) => ({
    group: label,
    items: items.map(({ value, label: text }) => ({ value, label: text })),
  });
  return {
    find: (value: string) => whats.find(what => what.value === value),
    choices: [group('An action', actions), group("A call of Notion's API", calls.map(callOf))],
  };
}

function callOf({ name, method, path, actions: taken, sometimes, on }: OperationTakes): What {
  return { value: `call ${name}`, label: `${name}: ${method} ${path}`, actions: taken, sometimes, on };
}
