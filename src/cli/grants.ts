import { isAction } from '../domain/action.ts';
import type { operations } from '../domain/admin-api.ts';
import { isId } from '../domain/ids.ts';
import { printable, printableJson } from '../domain/printable.ts';
import { type Command, UsageError } from './command.ts';
import { policyNotes, policyOptions } from './policy.ts';
import { answerOf, type BodyOf, type Shapes } from './remote.ts';
import { readScope } from './scope.ts';
import { textOf, workspaceAt } from './workspace-option.ts';

export const grantCommand: Command = {
  name: 'grant',
  summary: 'Allow, deny or limit the actions of a subject in some places.',
  parameters: ['EFFECT', 'WHO', 'ACTIONS', 'WHERE'],
  options: {
    ...policyOptions,
    reason: { takes: 'TEXT', doc: 'why; needed' },
    until: { takes: 'TIME', doc: 'when the grant ends, such as 2027-01-31' },
    properties: { takes: 'NAMES', doc: 'of a deny: only these properties, separated by commas' },
  },
  notes:
    'EFFECT is allow, deny or limit. WHO is everyone, group:NAME, agent:NAME, an address or an id. ACTIONS are separated by ' +
    'commas, or role:NAME. WHERE is workspace, page:ID (with everything under it), page-only:ID or database:ID; of a limit, ' +
    `several separated by commas. ${policyNotes}`,
  async run(invocation) {
    const { parameters, options, terminal } = invocation;
    const reason = textOf(options.reason);
    if (reason === undefined) throw new UsageError('--reason is missing', 'say why, in a few words');
    const until = textOf(options.until);
    const properties = textOf(options.properties)?.split(',');
    const asked = {
      effect: parameters.EFFECT,
      subject: subjectOf(parameters.WHO ?? ''),
      ...actionsOf(parameters.ACTIONS ?? ''),
      scope: (parameters.WHERE ?? '').split(',').map(readScope),
      ...(until !== undefined && { when: { until } }),
      ...(properties !== undefined && { properties }),
      reason,
    };
    const body = asked as BodyOf<operations['grants.create']>;
    const { remote, path } = await workspaceAt(invocation);
    const { grant } = await answerOf(remote.POST('/api/workspaces/{workspace}/grants', { params: { path }, body }));
    terminal.out(line(grant));
    return 0;
  },
};

export const grantsList: Command = {
  name: 'grants list',
  summary: 'List the grants of a workspace.',
  parameters: [],
  options: { ...policyOptions, json: { takes: null, doc: 'one JSON object a line' } },
  notes: policyNotes,
  async run(invocation) {
    const { options, terminal } = invocation;
    const { remote, path } = await workspaceAt(invocation);
    const { grants } = await answerOf(remote.GET('/api/workspaces/{workspace}/grants', { params: { path } }));
    if (grants.length === 0) terminal.err('There are none.');
    for (const one of grants) terminal.out(options.json === true ? printableJson(one) : line(one));
    return 0;
  },
};

export const grantsRemove: Command = {
  name: 'grants remove',
  summary: 'Remove a grant.',
  parameters: ['GRANT'],
  options: policyOptions,
  notes: policyNotes,
  async run(invocation) {
    const grant = invocation.parameters.GRANT ?? '';
    if (!isId('grt', grant))
      throw new UsageError(`"${grant}" is no id of a grant`, 'portcullis grants list shows them');
    const { remote, path } = await workspaceAt(invocation);
    await remote.DELETE('/api/workspaces/{workspace}/grants/{grant}', { params: { path: { ...path, grant } } });
    return 0;
  },
};

function subjectOf(who: string) {
  if (who === 'everyone') return { kind: 'everyone' };
  if (who.startsWith('group:')) return { kind: 'group', name: who };
  if (isId('grp', who)) return { kind: 'group', id: who };
  if (who.startsWith('agent:')) return { kind: 'agent', name: who };
  return isId('usr', who) || isId('agt', who) ? { kind: 'principal', id: who } : { kind: 'user', name: who };
}

function actionsOf(text: string) {
  if (text.startsWith('role:')) return { role: text.slice('role:'.length) };
  const named = text.split(',');
  const unknown = named.find(name => !isAction(name));
  if (unknown !== undefined) throw new UsageError(`"${unknown}" is no action`, 'docs/policy.md lists the actions');
  return { actions: named };
}

/** `grt_…  deny group:contractors read on page:…  board papers` */
function line({ id, effect, subject, actions, role, scope: on, reason }: Shapes['Grant']): string {
  const places = (Array.isArray(on) ? on : [on]).map(({ kind, id: at }) =>
    at === undefined ? kind : `${kind.replace('_', '-')}:${at}`,
  );
  const what = actions === null ? `role:${role}` : actions.join(',');
  return printable(`${id}  ${effect} ${subject.name} ${what} on ${places.join(',')}  ${reason}`);
}
