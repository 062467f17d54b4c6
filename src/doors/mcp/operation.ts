import type { Action } from '../../domain/action.ts';
import type { CommandContext, Demand, LocalCommand, Operation, Problem } from '../../domain/operation.ts';

const response = { opaque: false, readAction: null, rewriteUrls: false, notFound: null, binds: null } as const;

/** What every member may ask: how the protocol goes, and which tools there are. */
export const asMember: readonly Demand[] = [{ action: 'read', object: { kind: 'membership' } }];

/**
 * The actions that a tool needs somewhere in the workspace. Each of its calls is judged separately for its own place.
 */
export function somewhere(actions: readonly Action[]): readonly Demand[] {
  if (actions.length === 0) return asMember;
  return actions.map(action => ({ action, object: { kind: 'workspace' }, filtered: true }));
}

/** A request that Portcullis answers itself. */
export function localOperation(
  name: string,
  effect: Operation['effect'],
  demands: readonly Demand[],
  run: (context: CommandContext) => Promise<object>,
): Operation {
  const target: LocalCommand = {
    kind: 'local',
    run: async context => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(await run(context))),
    }),
  };
  return { name, effect, demands, problem: null, target, response };
}

/** A request that cannot be carried out for any caller. It is decided, and logged, like any other. */
export function impossible(name: string, problem: Problem): Operation {
  return { name, effect: 'read', demands: asMember, problem, target: null, response };
}

/** The name for calls of a tool that has no row, or that cannot be served. */
export const unknownTool = 'tools.unknown';
