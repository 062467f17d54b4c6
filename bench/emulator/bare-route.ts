// The least that a Fastify server can do: one route that returns the JSON it was given.
import Fastify from 'fastify';
import { childArgument, childReady } from '../child.ts';

const page = childArgument<object>();
const server = Fastify();
server.get('/v1/pages/:page_id', async () => page);
const origin = await server.listen({ port: 0, host: '127.0.0.1' });
childReady({ origin }, () => server.close());
