import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Command, type CommandTable, UsageError } from './command.ts';
import { createCommandLine, type Typed } from './command-line.ts';
import { commandTable } from './commands.ts';

function command(name: string, more: Partial<Command> = {}): Command {
  return { name, summary: `About ${name}.`, parameters: [], options: {}, run: async () => 0, ...more };
}

const options: Command['options'] = {
  'data-dir': { takes: 'DIR', doc: 'where data is', setting: 'PORTCULLIS_DATA_DIR' },
  json: { takes: null, doc: 'as JSON' },
};
const table: CommandTable = {
  headings: { Things: [command('list', { options }), command('list all', { options, parameters: ['FILE'] })] },
  groups: {},
};

async function typed(...words: string[]): Promise<Typed & { name: string }> {
  const calls: (Typed & { name: string })[] = [];
  const commandLine = createCommandLine(table, {
    width: 80,
    version: '1.2.3',
    print: () => {},
    run: async ({ name }, rest) => void calls.push({ name, ...rest }),
  });
  await commandLine.parseAsync(words, { from: 'user' });
  return calls[0] ?? assert.fail('no command ran');
}

async function refusal(...words: string[]): Promise<string> {
  try {
    await typed(...words);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return `${error.message}; ${error.hint}`;
  }
  return assert.fail('it was understood');
}

describe('the command line', () => {
  it('gives options their values, and settings what stands for them', async () => {
    const settings = { PORTCULLIS_DATA_DIR: 'b' };
    const understood = { name: 'list', parameters: {}, options: { 'data-dir': 'b', json: true }, settings };
    assert.deepEqual(await typed('list', '--data-dir', 'b', '--json'), understood);
    assert.deepEqual(await typed('list', '--json', '--data-dir=a', '--data-dir=b'), understood, 'the last one counts');
    assert.deepEqual((await typed('list', '--data-dir', '-x')).options, { 'data-dir': '-x' });
    assert.deepEqual((await typed('list')).options, {});
  });

  it('tells a command from those in its group, whose options may have the same names', async () => {
    const all = await typed('list', 'all', '--data-dir', 'b', 'some.dump');
    assert.deepEqual([all.name, all.parameters, all.options], ['list all', { FILE: 'some.dump' }, { 'data-dir': 'b' }]);
    assert.deepEqual((await typed('list', 'all', '--', '--json')).parameters, { FILE: '--json' });
    assert.equal((await typed('list', '--data-dir', 'all')).name, 'list', 'a value is no command');
  });

  it('refuses what it does not know, with the nearest that it knows', async () => {
    assert.equal(await refusal('list', 'al'), 'unknown command "list al"; did you mean "portcullis list all"?');
    assert.equal(await refusal('list', '--jsn'), 'unknown option "--jsn"; did you mean --json?');
    assert.match(await refusal('list', '-j'), /^unknown option "-j"/);
    assert.match(await refusal('constructor'), /^unknown command "constructor"/);
    assert.match(await refusal('list', '--__proto__=x'), /^unknown option "--__proto__"/);
    assert.match(await refusal('list', 'all', "--it's"), /^unknown option "--it's"/);
  });

  it('refuses what is missing or too much', async () => {
    assert.match(await refusal('list', 'all'), /^FILE is missing/);
    assert.match(await refusal('list', 'all', 'a', 'b', 'c'), /^"b" is one argument too many/);
    assert.match(await refusal('list', '--data-dir'), /^--data-dir needs DIR after it/);
    assert.match(await refusal('list', '--json=yes'), /^--json takes no value/);
  });
});

describe('the table of commands', () => {
  it('says of each group what it is about, and of no other word', () => {
    const inGroups = Object.values(commandTable.headings)
      .flat()
      .filter(({ name }) => name.includes(' '))
      .map(({ name }) => name.split(' ')[0]);
    const commands = new Set(Object.values(commandTable.headings).flatMap(all => all.map(({ name }) => name)));
    const groups = new Set(inGroups.filter(group => group !== undefined && !commands.has(group)));
    assert.deepEqual(Object.keys(commandTable.groups).sort(), [...groups].sort());
  });
});
