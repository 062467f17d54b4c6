import { z } from 'zod';
import { printable, printableJson } from '../domain/printable.ts';
import type { Command } from './command.ts';
import { planOf, policyAt, policyNotes, policyOptions, printPlan } from './policy.ts';
import { readPolicyFile } from './policy-file.ts';

const draft = z.looseObject({
  revision: z.number(),
  document: z.record(z.string(), z.unknown()),
  madeOn: z.number(),
  author: z.object({ name: z.string() }).loose().nullable(),
  setAt: z.string(),
  problems: z.array(z.string()),
});

const json = { takes: null, doc: 'the whole answer as JSON' };
const noteOfReport =
  'Asks a running gateway, as the holder of a key with the actions `grants` and `audit`. docs/policy.md';

export const draftSet: Command = {
  name: 'draft set',
  summary: 'Try a document beside the policy that decides, from now on. It decides nothing.',
  parameters: ['FILE'],
  options: policyOptions,
  notes: `${policyNotes} What was found of the draft before is forgotten.`,
  async run(invocation) {
    const { sent } = await readPolicyFile(invocation.parameters.FILE ?? '-');
    const { remote, path } = await policyAt(invocation);
    const made = draft.parse(await remote.send('PUT', `${path}/policy/draft`, sent));
    invocation.terminal.err(`draft ${made.revision}, on revision ${made.madeOn} of the policy`);
    return 0;
  },
};

export const draftShow: Command = {
  name: 'draft show',
  summary: 'Print the draft, as JSON.',
  parameters: [],
  options: policyOptions,
  notes: policyNotes,
  async run(invocation) {
    const { terminal } = invocation;
    const { remote, path } = await policyAt(invocation);
    const found = draft.parse(await remote.get(`${path}/policy/draft`));
    terminal.out(printableJson(found.document));
    terminal.err(printable(`draft ${found.revision}, by ${found.author?.name ?? 'nobody'}, since ${found.setAt}`));
    for (const problem of found.problems) terminal.err(printable(`cannot be applied: ${problem}`));
    return 0;
  },
};

const report = z.looseObject({
  since: z.string(),
  calls: z.number(),
  lost: z.number(),
  gained: z.number(),
  skipped: z.number(),
  problems: z.array(z.string()),
  flips: z.array(
    z.looseObject({
      principal: z.object({ name: z.string() }).loose(),
      operation: z.string(),
      object: z.object({ kind: z.string(), id: z.string().nullable() }),
      action: z.string(),
      becomes: z.string(),
      because: z.string(),
      calls: z.number(),
      first: z.string(),
      last: z.string(),
    }),
  ),
});

export const draftReport: Command = {
  name: 'draft report',
  summary: 'List the calls that the draft would have decided differently since it was set.',
  parameters: [],
  options: { ...policyOptions, json },
  notes: noteOfReport,
  async run(invocation) {
    const { options, terminal } = invocation;
    const { remote, path } = await policyAt(invocation);
    const found = report.parse(await remote.get(`${path}/policy/draft/report`));
    if (options.json === true) terminal.out(printableJson(found));
    else for (const flip of found.flips) terminal.out(printable(sayFlip(flip)));
    const { calls, since, lost, gained } = found;
    terminal.err(`${calls} calls since ${since}: ${lost} would be denied, ${gained} would be allowed.`);
    for (const problem of found.problems) terminal.err(printable(`cannot be applied: ${problem}`));
    return 0;
  },
};

/** `agent:Scout  pages.retrieve  read page:…  would be deny (denied_by_grant)  12 times, … to …` */
function sayFlip(flip: z.infer<typeof report>['flips'][number]): string {
  const { principal, operation, object, action, becomes, because, calls, first, last } = flip;
  const where = object.id === null ? object.kind : `${object.kind}:${object.id}`;
  const when = `${calls} ${calls === 1 ? 'time' : 'times'}, ${first} to ${last}`;
  return `${principal.name}  ${operation}  ${action} ${where}  would be ${becomes} (${because})  ${when}`;
}

export const draftPromote: Command = {
  name: 'draft promote',
  summary: 'Make the draft the policy, and say what that changes.',
  parameters: [],
  options: policyOptions,
  notes: `${policyNotes} It is refused where the policy or the draft changes meanwhile.`,
  async run(invocation) {
    const { terminal } = invocation;
    const { remote, path } = await policyAt(invocation);
    const { revision, document } = draft.parse(await remote.get(`${path}/policy/draft`));
    const planned = await planOf(invocation, { json: document });
    const ifMatch = `"${planned.revision}"`;
    await remote.send('POST', `${path}/policy/draft/promote`, { json: { draft: revision }, ifMatch });
    printPlan(planned, terminal);
    terminal.err(`applied: revision ${(await remote.tag(`${path}/policy`))?.replaceAll('"', '')}`);
    return 0;
  },
};

export const draftRemove: Command = {
  name: 'draft remove',
  summary: 'Give up the draft, and what was found of it.',
  parameters: [],
  options: policyOptions,
  notes: policyNotes,
  async run(invocation) {
    const { remote, path } = await policyAt(invocation);
    await remote.send('DELETE', `${path}/policy/draft`);
    return 0;
  },
};
