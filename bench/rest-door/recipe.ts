// What people would otherwise write: the enterprise RBAC recipe for Notion integrations as an Express application. A bearer
// key finds a user, the user's role is checked, the official SDK calls Notion, and one awaited INSERT writes the log.
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Client } from '@notionhq/client';
import express, { type NextFunction, type Request, type Response } from 'express';
import { Pool } from 'pg';
import { childArgument, childReady } from '../child.ts';
import { tellProcessorTime } from './processor-time.ts';

export interface RecipeArgument {
  readonly upstream: string;
  readonly databaseUrl: string;
  /** The key that callers send. */
  readonly key: string;
}

type Role = 'admin' | 'editor' | 'viewer';
type Permission = 'read' | 'write' | 'delete' | 'manage';

const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = {
  admin: ['read', 'write', 'delete', 'manage'],
  editor: ['read', 'write'],
  viewer: ['read'],
};

interface User {
  readonly id: string;
  readonly role: Role;
}

const { upstream, databaseUrl, key } = childArgument<RecipeArgument>();
const users = new Map<string, User>([[key, { id: randomUUID(), role: 'viewer' }]]);
const notion = new Client({ auth: 'bench-token', baseUrl: upstream, timeoutMs: 30_000 });
const pool = new Pool({ connectionString: databaseUrl });
await pool.query(
  'CREATE TABLE IF NOT EXISTS public.recipe_log (at timestamptz, user_id text, action text, resource text, result text, entry jsonb)',
);

async function writeLog(user: User, action: string, resource: string, result: string): Promise<void> {
  const entry = { timestamp: new Date().toISOString(), userId: user.id, action, resource, result };
  await pool.query({
    name: 'log',
    text: 'INSERT INTO public.recipe_log (at, user_id, action, resource, result, entry) VALUES ($1, $2, $3, $4, $5, $6)',
    values: [entry.timestamp, user.id, action, resource, result, JSON.stringify(entry)],
  });
}

function requirePermission(permission: Permission) {
  return async (request: Request, response: Response, next: NextFunction) => {
    const user = users.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    if (user === undefined) {
      response.status(401).json({ error: 'Unknown key' });
    } else if (permissionsOf[user.role].includes(permission)) {
      response.locals.user = user;
      next();
    } else {
      await writeLog(user, `${permission}_denied`, request.path, 'denied');
      response.status(403).json({ error: `Requires "${permission}" permission` });
    }
  };
}

const app = express();
app.get('/v1/pages/:id', requirePermission('read'), async (request, response) => {
  const page = await notion.pages.retrieve({ page_id: String(request.params.id) });
  await writeLog(response.locals.user, 'read', `page:${page.id}`, 'success');
  response.json(page);
});

const server = app.listen(0, '127.0.0.1');
await new Promise(resolve => server.once('listening', resolve));
tellProcessorTime();
childReady({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, () => pool.end());
