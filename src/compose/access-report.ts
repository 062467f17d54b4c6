import type { DecidedCall } from '../domain/decided-call.ts';
import type { Answer } from '../domain/operation.ts';
import type { Steps } from '../gateway.ts';
import { createAccessReport } from '../report/access-report.ts';
import type { createCapabilityLearning } from '../report/capability-learning.ts';
import type { Stores } from '../store/stores.ts';
import { createSystemGateway } from './system-gateway.ts';

type Learning = ReturnType<typeof createCapabilityLearning>;

/** Wraps the step `forward`: its answers show what connections can do. */
export function learningForward(forward: Steps['forward'], learning: Pick<Learning, 'note'>): Steps['forward'] {
  return async function forwardAndLearn(decided: DecidedCall): Promise<Answer> {
    const answer = await forward(decided);
    const { workspaceId, connection } = decided.facts;
    if (workspaceId !== null && connection !== null) {
      learning.note({ workspaceId, connectionId: connection.id }, decided.call.operation.name, answer);
    }
    return answer;
  };
}

/** The report on what connections reach. Its calls to Notion are the system's. */
export function openAccessReport(parts: {
  stores: Stores;
  steps: Steps;
  learning: Learning;
  monotonicMs: () => number;
}) {
  const { stores, steps, learning, monotonicMs } = parts;
  const report = createAccessReport({
    connections: workspaceId => stores.connectionList(workspaceId),
    holders: stores.policyHolders,
    capabilities: stores.capabilities,
    flushLessons: learning.flush,
    ask: createSystemGateway('access_report', steps),
    now: steps.now,
    monotonicMs,
  });
  return report;
}
