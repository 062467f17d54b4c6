import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end } from '../children.ts';
import { until } from '../until.ts';

/** Why nginx cannot be used here; undefined where it can. */
export function nginxMissing(): string | undefined {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore', env: { PATH: `${process.env.PATH}:/usr/sbin` } });
    return undefined;
  } catch {
    return "there is no nginx on this machine: .ci/run installs Debian's where it may";
  }
}

/** The block that docs/proxies.md shows, leading to another address. */
export async function documentedLocation(to: string): Promise<string> {
  const page = await readFile(new URL('../../docs/proxies.md', import.meta.url), 'utf8');
  const [, block] = /```nginx\n(.*?)```/s.exec(page) ?? [];
  if (block === undefined) throw new Error('docs/proxies.md shows no nginx');
  return block.replace('http://127.0.0.1:8420', to);
}

export interface Nginx {
  stop(): Promise<void>;
}

/** nginx on a port of loopback, with one location. It stays in the foreground, and everything of it in one directory. */
export async function startNginx(port: number, location: string): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${join(directory, name)};`,
  );
  const configuration = `daemon off; master_process off; pid ${join(directory, 'pid')}; error_log stderr;
events { worker_connections 64; }
http {
  access_log off; ${temporary.join(' ')}
  server { listen 127.0.0.1:${port}; ${location} }
}
`;
  const file = join(directory, 'nginx.conf');
  await writeFile(file, configuration);
  const nginx: ChildProcess = spawn('nginx', ['-p', directory, '-c', file, '-e', 'stderr'], {
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: 'ignore',
  });
  await until('nginx listens', () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      () => true,
      () => false,
    ),
  );
  return {
    async stop() {
      await end(nginx, 'SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
