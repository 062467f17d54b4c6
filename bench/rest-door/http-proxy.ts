// What Portcullis is measured against: @fastify/http-proxy as its documentation shows it. No access control, no log.
import type { AddressInfo } from 'node:net';
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';
import { childArgument, childReady } from '../child.ts';
import { tellProcessorTime } from './processor-time.ts';

const { upstream } = childArgument<{ upstream: string }>();
const server = fastify();
server.register(proxy, { upstream });
tellProcessorTime();
await server.listen({ port: 0, host: '127.0.0.1' });
childReady({ origin: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}` });
