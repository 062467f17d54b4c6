import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createCommandLine } from '../../src/cli/command-line.ts';
import { commands, commandTable } from '../../src/cli/commands.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { freshDatabase } from '../postgres.ts';
import { portcullis, portcullisHere } from './run.ts';

/** What `--help` prints about a command or a group, without the breaks of lines. */
function helpAbout(name: string): string {
  const find = (parent: ReturnType<typeof createCommandLine>, word: string) =>
    parent.commands.find(child => child.name() === word) ?? assert.fail(name);
  return name.split(' ').reduce(find, createCommandLine(commandTable)).helpInformation().replace(/\s+/g, ' ');
}

describe('portcullis --help', () => {
  it('lists every command, and each explains itself', async () => {
    const { out, code } = await portcullis(['--help']);
    assert.equal(code, 0);
    for (const { name, summary, parameters, options } of commands) {
      assert.ok(out.replace(/\s+/g, ' ').includes(`${name} ${summary}`), name);
      const help = helpAbout(name);
      for (const option of Object.keys(options)) assert.ok(help.includes(`--${option} `), `${name} --${option}`);
      for (const parameter of parameters) assert.ok(help.includes(` ${parameter} `), `${name} ${parameter}`);
    }
  });

  it('explains each group of commands, however it is asked', async () => {
    const ways = [
      ['help', 'keys'],
      ['keys', '--help'],
      ['keys', '-h'],
    ];
    const answers = await Promise.all(ways.map(words => portcullisHere(words)));
    for (const answer of answers) assert.deepEqual(answer, { ...answers[0], code: 0, err: '' });
    for (const { name, summary } of commands.filter(command => command.name.includes(' '))) {
      assert.ok(helpAbout(name.split(' ')[0] ?? '').includes(`${name} ${summary}`), name);
    }
    assert.equal(
      (await portcullisHere(['help', 'keys', 'status'])).out,
      (await portcullisHere(['keys', 'status', '-h'])).out,
    );
  });

  it('says which version it is', async () => {
    for (const option of ['--version', '-V']) assert.match((await portcullis([option])).out, /^\d+\.\d+\.\d+\n$/);
  });
});

/** A demo makes a key for each of its agents. */
const keysMade = 4;

describe('commands for a running gateway', () => {
  let demo: DemoInProcess;
  const as = (role: 'admin' | 'viewer') => ({ PORTCULLIS_URL: demo.ready.url, PORTCULLIS_KEY: demo.ready.keys[role] });
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  it('audit prints the log, newest first, as lines and as JSON', async () => {
    const lines = await portcullisHere(['audit', '--operation', 'keys.create', '--limit', '2'], as('admin'));
    assert.match(lines.out, /^(\S+Z {2}allow {2}keys\.create +\S.* \(usr_\S+\) {2}done 201 {2}agent agt_\S+\n){2}$/);
    const json = await portcullisHere(['audit', '--operation', 'keys.create', '--json'], as('admin'));
    const entries = json.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    assert.equal(entries.length, keysMade);
    assert.deepEqual(
      entries
        .map(entry => entry.time)
        .sort()
        .reverse(),
      entries.map(entry => entry.time),
    );
  });

  it('audit says who did what to which page, by name, and leaves out what the dashboard reads', async () => {
    const { url, pages, keys } = demo.ready;
    await fetch(`${url}/v1/pages/${pages.public}`, { headers: { authorization: `Bearer ${keys.viewer}` } });
    const { out } = await portcullisHere(['audit', '--page', pages.public, '--titles'], as('admin'));
    assert.match(out, /pages\.get +\S.* \(agt_\S+\) {2}done 200 {2}page "[^"]+" \(/);
    const titles = await portcullisHere(['audit', '--operation', 'titles.read', '--text', pages.public], as('admin'));
    assert.match(titles.out, /titles\.read/, 'looking a title up is a call of who looked');
    await fetch(`${url}/v1/pages/${pages.unshared}`, { headers: { authorization: `Bearer ${keys.viewer}` } });
    const unshared = await portcullisHere(['audit', '--page', pages.unshared, '--titles'], as('admin'));
    assert.match(unshared.out, new RegExp(`page ${pages.unshared}\n`), 'what cannot be read has no title');
  });

  it('audit export writes the same as a file', async () => {
    const table = await portcullisHere(
      ['audit', 'export', '--format', 'csv', '--operation', 'keys.create'],
      as('admin'),
    );
    assert.match(
      table.out,
      new RegExp(`^time,effect,.*\\n(.*,allow,administration,keys\\.create,.*\\n){${keysMade}}$`),
    );
    const lines = await portcullisHere(['audit', 'export', '--operation', 'keys.create'], as('admin'));
    assert.equal(
      lines.out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)).length,
      keysMade,
    );
    assert.equal((await portcullisHere(['audit', 'export', '--format', 'xml'], as('admin'))).code, 2);
  });

  it('audit deployment prints the log of the deployment, on its database, and that it was read', async () => {
    await portcullisHere(['audit'], { ...as('viewer'), PORTCULLIS_KEY: `pcl_${'x'.repeat(43)}` });
    const { env } = demo;
    const { out, err, code } = await portcullisHere(['audit', 'deployment', '--operation', 'call.unidentified'], env);
    assert.equal(code, 0, err);
    assert.match(out, /summary {2}call\.unidentified .* from 127\.0\.0\.1 because=\S+ count=1 door=api/);
    const readings = await portcullisHere(['audit', 'deployment', '--text', 'deployment_audit', '--json'], env);
    assert.equal(JSON.parse(readings.out.split('\n')[0] ?? '').operation, 'deployment_audit.read');
    assert.equal((await portcullisHere(['audit', 'deployment', '--since', 'yesterday'], env)).code, 2);
  });

  it('audit goes on over pages, as far as it was asked to', async () => {
    const { out } = await portcullisHere(['audit', '--limit', '201'], as('admin'));
    assert.ok(out.split('\n').length > 10);
  });

  it('audit says what is missing to those who may not', async () => {
    const { out, err, code } = await portcullisHere(['audit'], as('viewer'));
    assert.deepEqual([out, code], ['', 4]);
    assert.match(err, /^error: .*"audit"\.\nhint: {2}Ask an admin/);
  });

  it('refuses a wrong key and a wrong filter', async () => {
    const wrong = await portcullisHere(['audit'], { ...as('viewer'), PORTCULLIS_KEY: 'pcl_wrong' });
    assert.equal(wrong.code, 3);
    const filter = await portcullisHere(['audit', '--effect', 'maybe'], as('admin'));
    assert.equal(filter.code, 2);
  });

  it('discover finds what the connection can see and the key may read, and nothing else', async () => {
    const foundAs = async (role: 'admin' | 'viewer') => {
      const { out, code } = await portcullisHere(['discover', '--json'], as(role));
      assert.equal(code, 0);
      const ids = out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).id);
      const { root, public: open, restricted, unshared } = demo.ready.pages;
      return [root, open, restricted, unshared].map(id => ids.includes(id));
    };
    assert.deepEqual(await foundAs('admin'), [true, true, true, false]);
    assert.deepEqual(await foundAs('viewer'), [true, true, false, false]);
  });
});

describe('db dump and db restore', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-db-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('lead from the embedded database to an external one', async () => {
    const [file, again, dataDir] = [join(folder, 'a.dump'), join(folder, 'b.dump'), join(folder, 'data')];
    const here = { PATH: process.env.PATH ?? '', HOME: folder };
    assert.equal((await portcullis(['db', 'migrate', '--data-dir', dataDir], here)).code, 0);
    const dumped = await portcullis(['db', 'dump', file, '--data-dir', dataDir], here);
    assert.equal(dumped.code, 0, dumped.err);
    assert.equal(dumped.err, `database: the embedded one in ${dataDir}/postgres\ndumped to ${file}\n`);
    assert.equal((await stat(file)).mode & 0o777, 0o600);

    const database = await freshDatabase();
    const settings = join(folder, 'gateway.env');
    await writeFile(settings, `DATABASE_URL=${database.url}\n`);
    const env = { DATABASE_URL: database.url };
    const restored = await portcullis(['db', 'restore', file, '--settings', settings]);
    assert.equal(restored.code, 0, restored.err);
    assert.match(restored.err, new RegExp(`^database: ${new URL(database.url).pathname.slice(1)} at `));
    assert.equal((await portcullis(['db', 'dump', again], env)).code, 0);
    assert.equal(await readFile(again, 'utf8'), await readFile(file, 'utf8'));
  });

  it('never overwrite a file, and leave none behind that is not whole', async () => {
    const file = join(folder, 'mine');
    await writeFile(file, 'precious');
    const refused = await portcullisHere(['db', 'dump', file]);
    assert.equal(refused.code, 6);
    assert.match(refused.err, /^error: EEXIST/);
    assert.equal(await readFile(file, 'utf8'), 'precious');
    const unreachable = await portcullisHere(['db', 'dump', join(folder, 'new')], {
      DATABASE_URL: 'postgres://portcullis:hunter2@127.0.0.1:1/x',
    });
    assert.equal(unreachable.code, 6);
    assert.doesNotMatch(unreachable.err, /hunter2/);
    assert.match(
      unreachable.err,
      /^error: the database does not answer: connect ECONNREFUSED 127\.0\.0\.1:1\nhint: .*DATABASE_URL/m,
    );
    await assert.rejects(stat(join(folder, 'new')));
  });
});
