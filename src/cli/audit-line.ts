import type { components } from '../domain/admin-api.ts';
import { printable } from '../domain/printable.ts';

/** What a line shows of an entry. */
type Shown = Pick<
  components['schemas']['AuditEntry'],
  'time' | 'kind' | 'operation' | 'result' | 'clientAddress' | 'detail'
> & {
  readonly principal?: { readonly kind: string; readonly id?: string | null | undefined } | null | undefined;
  readonly objects?: readonly { readonly kind: string; readonly id: string | null }[] | null | undefined;
  readonly decision?: { readonly because: string } | null | undefined;
  readonly outcome?: { readonly result: string; readonly status: number | null } | null | undefined;
};

/** What ids in the log are called: of principals and of pages. */
export type Names = (id: string) => string | undefined;

/** `2026-01-31T12:00:00.000Z  deny   pages.update  night watch (agt_…)  role_lacks_action  page "Plans" (1234…)` */
export function auditLine(entry: Shown, names: Names): string {
  const { time, kind, operation, principal: who } = entry;
  const effect = kind === 'intent' ? 'allow' : kind === 'denial' ? 'deny' : kind;
  const caller = who?.id == null ? (who?.kind ?? '-') : withName(who.id, names);
  const parts = [time, effect.padEnd(5), operation.padEnd(24), caller, endingOf(entry), aboutOf(entry, names)];
  return printable(
    parts
      .filter(part => part !== '')
      .join('  ')
      .trimEnd(),
  );
}

function withName(id: string, names: Names): string {
  const name = names(id);
  return name === undefined ? id : `${name} (${id})`;
}

function endingOf({ kind, outcome, decision, result }: Shown): string {
  if (outcome != null) return outcome.status === null ? outcome.result : `${outcome.result} ${outcome.status}`;
  return (kind === 'event' || kind === 'summary' ? result : decision?.because) ?? '';
}

/** The objects of a call, or what an event says about itself. */
function aboutOf({ objects, detail, clientAddress }: Shown, names: Names): string {
  if (detail !== undefined) {
    const facts = Object.entries(detail).filter(([, value]) => value !== null);
    const from = clientAddress == null ? [] : [`from ${clientAddress}`];
    return [...from, ...facts.map(([name, value]) => `${name}=${withName(String(value), names)}`)].join(' ');
  }
  const touched = (objects ?? []).filter(({ id }) => id !== null);
  return touched.map(({ kind, id }) => `${kind} ${withName(id ?? '', names)}`).join(', ');
}
