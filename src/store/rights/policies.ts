import type { TableRights } from './table-rights.ts';

export interface RowPolicy {
  readonly name: string;
  readonly to: 'app' | 'system' | 'owner';
  /** A condition on a row. */
  readonly rows: string;
}

/** The policies of a table: one for each part with a right, and one for the owner if its triggers need it. */
export function policiesOf({ workspace, app = [], system, owner }: TableRights): RowPolicy[] {
  const ofWorkspace = { name: 'in_workspace', to: 'app', rows: `${workspace} = current_workspace()` } as const;
  const forApp = workspace === undefined ? ({ name: 'for_app', to: 'app', rows: 'true' } as const) : ofWorkspace;
  return [
    ...(app.length > 0 ? [forApp] : []),
    ...(system.length > 0 ? [{ name: 'everything', to: 'system', rows: 'true' } as const] : []),
    ...(owner === true ? [{ name: 'for_triggers', to: 'owner', rows: 'true' } as const] : []),
  ];
}
