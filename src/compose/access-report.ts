import { evaluator } from '../authorize/evaluator.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { Answer } from '../domain/operation.ts';
import type { Steps } from '../gateway.ts';
import { createAccessReport } from '../report/access-report.ts';
import type { createCapabilityLearning } from '../report/capability-learning.ts';
import { createCapabilityStore } from '../store/capabilities.ts';
import { createConnectionList } from '../store/connection-list.ts';
import type { Database } from '../store/database.ts';
import { createPolicyHolders } from '../store/policy-holders.ts';
import type { Schema } from '../store/schema.ts';
import { createSystemGateway } from './system-gateway.ts';

type Learning = ReturnType<typeof createCapabilityLearning>;

/** The step `forward`, from whose answers is learned what connections can do. */
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
  database: Database<Schema>;
  steps: Steps;
  learning: Learning;
  monotonicMs: () => number;
}) {
  const { database, steps, learning, monotonicMs } = parts;
  const connectionsOf = createConnectionList(database, evaluator);
  const report = createAccessReport({
    connections: workspaceId => connectionsOf(workspaceId),
    holders: createPolicyHolders(database),
    evaluator,
    capabilities: createCapabilityStore(database),
    flushLessons: learning.flush,
    ask: createSystemGateway('access_report', steps),
    now: steps.now,
    monotonicMs,
  });
  return report;
}
