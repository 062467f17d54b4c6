import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Finding } from '../doctor/finding.ts';
import { errorTable } from '../domain/errors.ts';
import type { Command, Invocation, Terminal } from './command.ts';
import { configOf, gatewayOptions } from './gateway-options.ts';
import { describeDatabase } from './operator-options.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Look for what keeps a gateway from working, and say what to do about it.',
  parameters: [],
  options: { ...gatewayOptions, json: { takes: null, doc: 'print one JSON object' } },
  notes:
    'Takes the same settings as portcullis serve, and runs beside it. Changes nothing. Of Notion it asks whether the tokens of the connections that were used last are still good. Exits with 6 if something does not work.',
  async run(invocation) {
    const findings = await examineWith(invocation);
    const { options, terminal } = invocation;
    const works = findings.every(({ state }) => state !== 'fail');
    if (options.json === true) terminal.out(JSON.stringify({ works, findings }));
    else print(findings, terminal);
    return works ? 0 : errorTable.unavailable.exitCode;
  },
};

/** Settings that cannot be used are findings like any other; then nothing else can be checked. */
async function examineWith(invocation: Invocation): Promise<Finding[]> {
  let config: Config;
  try {
    // Like `portcullis demo`, which runs the demo only without credentials.
    config = configOf('demo', invocation);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ setting, problem, hint }) => ({
      about: 'settings',
      state: 'fail',
      found: `${setting} ${problem}`,
      todo: hint,
    }));
  }
  const about = config.mode === 'demo' ? 'there are no credentials for Notion: this is about the demo' : 'can be used';
  const found = `${about}; database: ${describeDatabase(config.database)}`;
  // Loaded here, because most commands need none of it.
  const { examine } = await import('../doctor/doctor.ts');
  const findings = await examine(config, () => Date.now());
  return [{ about: 'settings', state: 'ok', found, todo: null }, ...findings];
}

/** `ok    database      PostgreSQL 18.0, keeps what it commits` */
function print(findings: readonly Finding[], { out }: Terminal): void {
  for (const { state, about, found, todo } of findings) {
    out(`${state.padEnd(4)}  ${about.padEnd(14)}  ${found}`);
    if (todo !== null) out(`${' '.repeat(22)}→ ${todo}`);
  }
  out('');
  out(summaryOf(findings));
}

/** The last line, because that is where eyes are when a command ends. */
function summaryOf(findings: readonly Finding[]): string {
  const named = (state: Finding['state']) => {
    const about = findings.filter(finding => finding.state === state).map(finding => finding.about);
    return [...new Set(about)].join(', ');
  };
  const [failing, doubtful] = [named('fail'), named('warn')];
  const more = doubtful === '' ? '' : ` Worth a look: ${doubtful}.`;
  return failing === '' ? `Nothing was found that does not work.${more}` : `Does not work: ${failing}.${more}`;
}
