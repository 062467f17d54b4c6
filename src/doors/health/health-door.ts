import type { FastifyPluginAsync } from 'fastify';
import type { MetricsGuard } from './metrics-access.ts';
import type { Prometheus } from './prometheus.ts';
import { createReadiness, type Readiness, type ReadinessCheck } from './readiness.ts';

export interface HealthDoorParts {
  readonly checks: readonly ReadinessCheck[];
  /** Calls under way still end, and no balancer should send more. */
  readonly stopping: () => boolean;
  readonly prometheus: Pick<Prometheus, 'text' | 'contentType'>;
  readonly mayReadMetrics: MetricsGuard;
  readonly monotonicMs: () => number;
}

const stopping: Readiness = { status: 'not_ready', failing: ['stopping'] };

/**
 * `/healthz`: the process answers. `/readyz`: the process can also do its work; if not, or not for long, the answer
 * lists the failing checks. `/metrics`: the counters, for those who may read them; others get no such page.
 */
export function healthDoor(parts: HealthDoorParts): FastifyPluginAsync {
  const look = createReadiness(parts.checks, parts.monotonicMs);
  return async app => {
    app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
    app.get('/healthz', async () => ({ status: 'ok' }));
    app.get('/readyz', async (_request, reply) => {
      const { status, failing } = parts.stopping() ? stopping : await look();
      reply.code(status === 'not_ready' ? 503 : 200);
      return status === 'ready' ? { status } : { status, failing };
    });
    app.get('/metrics', async (request, reply) => {
      if (!parts.mayReadMetrics(request.raw)) return reply.code(404).send({ status: 'not_found' });
      return reply.type(parts.prometheus.contentType).send(await parts.prometheus.text());
    });
  };
}
