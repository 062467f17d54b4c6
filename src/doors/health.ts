import type { FastifyPluginAsync } from 'fastify';

/** `/healthz`: the process answers. `/readyz`: it can also write its log, without which it lets nothing through. */
export function healthDoor(parts: { ready: () => Promise<boolean> }): FastifyPluginAsync {
  return async app => {
    app.get('/healthz', async () => ({ status: 'ok' }));
    app.get('/readyz', async (_request, reply) => {
      const ready = await parts.ready().catch(() => false);
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready' });
    });
  };
}
