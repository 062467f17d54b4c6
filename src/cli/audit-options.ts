import type { operations } from '../domain/admin-api.ts';
import type { Invocation, Option } from './command.ts';
import { UsageError } from './command.ts';

/** What every command takes that looks for entries of a log. The gateway checks the values. */
export const auditFilterOptions: Readonly<Record<string, Option>> = {
  principal: { takes: 'ID', doc: 'only calls of this user or agent' },
  person: { takes: 'ID', doc: 'only calls of this person, and of the agents that they answer for' },
  credential: { takes: 'ID', doc: 'only calls with this API key (key_…) or session (ses_…)' },
  operation: { takes: 'NAME', doc: 'only this operation, such as pages.update' },
  action: { takes: 'ACTION', doc: 'only calls that needed this action on an object, such as read' },
  effect: { takes: 'EFFECT', doc: 'only allow, or only deny' },
  result: {
    takes: 'RESULT',
    doc: 'only calls that ended so: done, refused, failed, not_sent, unknown, streaming, open',
  },
  door: { takes: 'DOOR', doc: 'only calls that came in by this door: rest, api, dashboard, oauth, …' },
  page: { takes: 'PAGE', doc: 'only what names this page of Notion: its id or its address' },
  subtree: { takes: 'PAGE', doc: 'likewise, and what the page index knows to stand below it' },
  reason: { takes: 'TEXT', doc: 'only what was decided, or ended, for a reason that has this in it' },
  text: { takes: 'TEXT', doc: 'only entries that contain this text, or are of a principal with this name' },
  since: { takes: 'TIME', doc: 'only from this time on (ISO 8601)' },
  until: { takes: 'TIME', doc: 'only before this time (ISO 8601)' },
};

export const allOption: Readonly<Record<string, Option>> = {
  all: {
    takes: null,
    doc: 'also what the dashboard read to fill its pages, and what Portcullis asked Notion by itself',
  },
};

type Query = NonNullable<operations['audit.export']['parameters']['query']>;

/** What entries are asked for, as it was typed. */
export function filtersOf({ options }: Invocation): Omit<Query, 'format' | 'workspace'> {
  const names = Object.keys(auditFilterOptions).filter(name => options[name] !== undefined);
  const given = Object.fromEntries(names.map(name => [name, options[name]]));
  return { ...given, ...(options.all !== true && { activity: 'notion,administration' }) };
}

/** How many entries at most. Throws UsageError. */
export function limitOf({ options }: Invocation): number {
  if (options.limit === undefined) return 50;
  const limit = Number(options.limit);
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new UsageError('--limit is not a count', 'give a whole number from 1 on');
}

export const limitOption: Readonly<Record<string, Option>> = {
  limit: { takes: 'COUNT', doc: 'how many entries at most; default 50' },
};
