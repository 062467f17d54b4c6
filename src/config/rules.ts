import { relative, resolve, sep } from 'node:path';
import { isLoopback } from '../domain/network-of.ts';
import { parseRootKeyName } from '../domain/root-key-name.ts';
import type { ConfigProblem } from './config-error.ts';
import type { SettingName, Values } from './settings.ts';

/** What a rule looks at. */
export interface GivenSettings {
  readonly values: Values;
  readonly given: ReadonlySet<SettingName>;
  /** The path that `file` means, given or by default. */
  readonly rootKeyFile: string;
}

/** One rule about how settings go together. Returns no problems if it is kept. */
export type Rule = (wish: GivenSettings) => ConfigProblem[];

const credentialNames = ['NOTION_OAUTH_CLIENT_ID', 'NOTION_OAUTH_CLIENT_SECRET'] as const;

/** Rule 25: half-set credentials are an error, even if the demo would not need them. */
const credentialsAreWhole: Rule = ({ given }) => {
  const missing = credentialNames.filter(name => !given.has(name));
  if (missing.length !== 1) return [];
  const there = credentialNames.find(name => given.has(name));
  return missing.map(name =>
    problem(name, `is missing, although ${there} is set`, 'Set both, or neither for the demo.'),
  );
};

/** The same rule for the client at the hosted MCP server, which is always optional. */
const mcpClientIsWhole: Rule = ({ given }) => {
  const names = ['PORTCULLIS_NOTION_MCP_CLIENT_ID', 'PORTCULLIS_NOTION_MCP_CLIENT_SECRET'] as const;
  const there = [...names, 'PORTCULLIS_NOTION_MCP_ISSUER' as const].find(name => given.has(name));
  if (there === undefined) return [];
  const hint = 'Set both, or neither to have clients registered by themselves.';
  return names
    .filter(name => !given.has(name))
    .map(name => problem(name, `is missing, although ${there} is set`, hint));
};

const credentialsAreThere: Rule = ({ given }) => {
  if (credentialNames.some(name => given.has(name))) return [];
  const hint = 'Create a public integration at Notion and set both. To look around without one: portcullis demo.';
  return [problem(credentialNames.join(' and '), 'are not set', hint)];
};

const credentialsHavePublicUrl: Rule = ({ given }) => {
  if (given.has('PORTCULLIS_PUBLIC_URL')) return [];
  const hint = 'Set it to where browsers reach Portcullis; Notion sends people back there after they consent.';
  return [problem('PORTCULLIS_PUBLIC_URL', 'is not set', hint)];
};

/** Rule 3: a token is sent to Notion, or to a server that the operator has expressly allowed. */
const notionIsNotion: Rule = ({ values }) => {
  const check = (name: 'PORTCULLIS_NOTION_API_URL' | 'PORTCULLIS_NOTION_MCP_URL', notionHost: string) => {
    const { protocol, hostname, host } = values[name];
    if (protocol === 'https:' && host === notionHost) return [];
    if (protocol === 'http:') {
      if (!isLoopback(hostname)) return [problem(name, 'must use https', 'Plain http is for loopback addresses only.')];
      if (values.PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP) return [];
      const hint = 'If that is what you want, set PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP=true.';
      return [problem(name, 'uses plain http', hint)];
    }
    if (values.PORTCULLIS_DANGEROUSLY_SEND_TOKENS_TO_OTHER_HOSTS) return [];
    const hint = 'If workspace tokens may go there, set PORTCULLIS_DANGEROUSLY_SEND_TOKENS_TO_OTHER_HOSTS=true.';
    return [problem(name, `names ${host}, which is not ${notionHost}`, hint)];
  };
  return [
    ...check('PORTCULLIS_NOTION_API_URL', 'api.notion.com'),
    ...check('PORTCULLIS_NOTION_MCP_URL', 'mcp.notion.com'),
  ];
};

/** Two settings that only make sense together. */
function bothOrNeither(names: readonly [SettingName, SettingName]): Rule {
  return ({ given }) => {
    const missing = names.filter(name => !given.has(name));
    if (missing.length !== 1) return [];
    const there = names.find(name => given.has(name));
    return missing.map(name => problem(name, `is missing, although ${there} is set`, 'Set both, or neither.'));
  };
}

const mailNames = ['PORTCULLIS_SMTP_URL', 'PORTCULLIS_MAIL_FROM'] as const;

const mailIsWhole = bothOrNeither(mailNames);

const noticeNames = ['PORTCULLIS_NOTICE_URL', 'PORTCULLIS_NOTICE_SECRET'] as const;

const noticesAreWhole = bothOrNeither(noticeNames);

/** Notices say when a workspace is unattended. So they are sent encrypted, or not at all. */
const noticesAreEncrypted: Rule = ({ values }) => {
  const url = values.PORTCULLIS_NOTICE_URL;
  if (url === null || url.protocol === 'https:') return [];
  if (isLoopback(url.hostname) && values.PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP) return [];
  const hint = 'Plain http is for loopback addresses only, with PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP=true.';
  return [problem('PORTCULLIS_NOTICE_URL', 'must use https', hint)];
};

const sinkNames = ['PORTCULLIS_SINK_WEBHOOK_URL', 'PORTCULLIS_SINK_WEBHOOK_SECRET'] as const;

const noticeRules: readonly Rule[] = [mailIsWhole, noticesAreWhole, noticesAreEncrypted, bothOrNeither(sinkNames)];

const loginNames = ['PORTCULLIS_DATABASE_APP_URL', 'PORTCULLIS_DATABASE_SYSTEM_URL'] as const;

/** Logins that an administrator made are logins of a database that the settings name. */
const loginsHaveDatabase: Rule = ({ given }) => {
  const [there] = loginNames.filter(name => given.has(name));
  if (there === undefined || given.has('DATABASE_URL')) return [];
  const hint = 'Set it to the same database, for the login that owns its schema.';
  return [problem('DATABASE_URL', `is missing, although ${there} is set`, hint)];
};

export const databaseRules: readonly Rule[] = [bothOrNeither(loginNames), loginsHaveDatabase];

/** Rule 24: a copy of the data directory must not include the key. */
const rootKeyIsApart: Rule = ({ values, rootKeyFile }) => {
  const hint = 'Keep the key elsewhere, so that a copy of the data does not bring the key along.';
  return values.PORTCULLIS_ROOT_KEYS.filter(text => /^file(:|$)/.test(text)).flatMap(text => {
    const path = text === 'file' ? rootKeyFile : resolve(text.slice('file:'.length));
    const way = relative(values.PORTCULLIS_DATA_DIR, path);
    if (way === '..' || way.startsWith(`..${sep}`)) return [];
    const setting = text === 'file' ? 'PORTCULLIS_ROOT_KEY_FILE' : 'PORTCULLIS_ROOT_KEYS';
    return [problem(setting, 'lies below PORTCULLIS_DATA_DIR', hint)];
  });
};

const rootKeysHaveNames: Rule = ({ values, rootKeyFile }) =>
  values.PORTCULLIS_ROOT_KEYS.flatMap(text => {
    try {
      parseRootKeyName(text, rootKeyFile);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [
        problem('PORTCULLIS_ROOT_KEYS', `has "${text}", which ${error.message}`, 'docs/custody.md has examples.'),
      ];
    }
  });

const vaultIsKnown: Rule = ({ values, given }) => {
  if (!values.PORTCULLIS_ROOT_KEYS.some(text => text.startsWith('vault-transit:'))) return [];
  const tokens = ['PORTCULLIS_VAULT_TOKEN', 'PORTCULLIS_VAULT_TOKEN_FILE'] as const;
  return [
    ...(given.has('PORTCULLIS_VAULT_ADDRESS')
      ? []
      : [
          problem(
            'PORTCULLIS_VAULT_ADDRESS',
            'is not set',
            'PORTCULLIS_ROOT_KEYS names a key of Vault: say where it is.',
          ),
        ]),
    ...(tokens.filter(name => given.has(name)).length === 1
      ? []
      : [problem(tokens.join(' or '), 'must be set', 'Set exactly one of the two.')]),
  ];
};

/** Rule 25: the demo has its own emulator and its own database, and can be reached from this machine only. */
const demoIsAlone: Rule = ({ values, given }) => {
  const foreign = [
    'DATABASE_URL',
    ...loginNames,
    'PORTCULLIS_NOTION_API_URL',
    'PORTCULLIS_NOTION_MCP_URL',
    'PORTCULLIS_NOTION_MCP_CLIENT_ID',
    'PORTCULLIS_NOTION_MCP_CLIENT_SECRET',
    'PORTCULLIS_NOTION_MCP_ISSUER',
  ] as const;
  const hint = 'Remove it, or set NOTION_OAUTH_CLIENT_ID, NOTION_OAUTH_CLIENT_SECRET and PORTCULLIS_PUBLIC_URL too.';
  return foreign
    .filter(name => given.has(name))
    .map(name => problem(name, 'has no place in the demo', hint))
    .concat(demoIsOnLoopback(values));
};

function demoIsOnLoopback(values: Values): ConfigProblem[] {
  const hosts: [SettingName, string][] = [
    ['PORTCULLIS_HOST', values.PORTCULLIS_HOST],
    ['PORTCULLIS_PUBLIC_URL', values.PORTCULLIS_PUBLIC_URL?.hostname ?? 'localhost'],
    ['PORTCULLIS_ALLOWED_HOSTS', values.PORTCULLIS_ALLOWED_HOSTS.find(host => !isLoopback(host)) ?? 'localhost'],
  ];
  const hint = 'The demo hands out keys and works on loopback addresses only. For others use portcullis serve.';
  return hosts
    .filter(([, host]) => !isLoopback(host))
    .map(([name, host]) => problem(name, `names ${host}, which is not a loopback address`, hint));
}

/** What also holds for commands that only work with keys. */
export const keyRules: readonly Rule[] = [rootKeysHaveNames, vaultIsKnown];

export const demoRules: readonly Rule[] = [credentialsAreWhole, demoIsAlone, ...noticeRules, ...keyRules];

export const serveRules: readonly Rule[] = [
  credentialsAreWhole,
  mcpClientIsWhole,
  credentialsAreThere,
  credentialsHavePublicUrl,
  notionIsNotion,
  rootKeyIsApart,
  ...databaseRules,
  ...noticeRules,
  ...keyRules,
];

function problem(setting: string, what: string, hint: string): ConfigProblem {
  return { setting, problem: what, hint };
}
