import { auditModes } from '../domain/audit-mode.ts';
import * as type from './value-type.ts';

export type Section =
  | 'Notion'
  | 'Addresses'
  | 'Storage'
  | 'Root keys'
  | 'People'
  | 'Notices'
  | 'Sinks'
  | 'Output'
  | 'Demo'
  | 'Command line';

/** One row of the table of settings. */
export interface Setting<T> {
  readonly section: Section;
  readonly type: type.ValueType<T>;
  /**
   * The default as it would be written in the environment; null if there is none, or if it follows from other settings.
   */
  readonly byDefault: string | null;
  /** One or two sentences, in Markdown. */
  readonly doc: string;
}

/** A setting with a default: it always has a value. */
function fixed<T>(section: Section, valueType: type.ValueType<T>, byDefault: string, doc: string): Setting<T> {
  return { section, type: valueType, byDefault, doc };
}

/** A setting without a default: null if it is not set. */
function optional<T>(section: Section, valueType: type.ValueType<T>, doc: string): Setting<T | null> {
  return { section, type: valueType, byDefault: null, doc };
}

/**
 * Every setting, in one table. `docs/configuration.md` and `.env.example` are generated from it. A name that starts with
 * `PORTCULLIS_` and is not here is refused.
 */
export const settings = {
  NOTION_OAUTH_CLIENT_ID: optional(
    'Notion',
    type.text,
    'Client id of your public integration at Notion. Needs the secret and `PORTCULLIS_PUBLIC_URL` beside it.',
  ),
  NOTION_OAUTH_CLIENT_SECRET: optional('Notion', type.secret, 'Client secret of the same integration.'),
  PORTCULLIS_NOTION_API_URL: fixed(
    'Notion',
    type.url,
    'https://api.notion.com',
    "Where Notion's REST API is. Change it only to put an emulator or a recording proxy in between.",
  ),
  PORTCULLIS_NOTION_MCP_URL: fixed(
    'Notion',
    type.url,
    'https://mcp.notion.com/mcp',
    "Where Notion's hosted MCP server is.",
  ),
  PORTCULLIS_NOTION_MCP_CLIENT_ID: optional(
    'Notion',
    type.text,
    'Id of an OAuth client that you have registered by hand for the hosted MCP server, with `PUBLIC_URL/auth/notion-mcp/callback` as redirect URI. Needs the secret beside it. Default: Portcullis registers a client for each connection by itself, which suits Notion better.',
  ),
  PORTCULLIS_NOTION_MCP_CLIENT_SECRET: optional('Notion', type.secret, 'Secret of the same client.'),
  PORTCULLIS_NOTION_MCP_ISSUER: optional(
    'Notion',
    type.text,
    'Which authorization server knows that client, spelled as its metadata spell it. Its secret is sent to no other. Default: the origin of `PORTCULLIS_NOTION_MCP_URL`.',
  ),
  PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: fixed(
    'Notion',
    type.flag,
    'false',
    'Accept plain http for the two URLs above, and for `PORTCULLIS_NOTICE_URL`, if they lead to this machine. Workspace tokens then travel unencrypted on loopback.',
  ),
  PORTCULLIS_DANGEROUSLY_SEND_TOKENS_TO_OTHER_HOSTS: fixed(
    'Notion',
    type.flag,
    'false',
    "Accept hosts other than Notion's in the two URLs above. The operator of such a host sees every workspace token that is made there.",
  ),

  PORTCULLIS_PUBLIC_URL: optional(
    'Addresses',
    type.origin,
    'Where browsers and clients reach Portcullis. Absolute URLs are made from this setting and from nothing else. Default: the address that is listened on, if that is a loopback address.',
  ),
  PORTCULLIS_HOST: fixed('Addresses', type.listenAddress, '127.0.0.1', 'Address to listen on.'),
  PORTCULLIS_PORT: fixed('Addresses', type.port, '8420', 'Port to listen on.'),
  PORTCULLIS_ALLOWED_HOSTS: fixed(
    'Addresses',
    type.hostNames,
    '',
    'Names, besides the one in `PORTCULLIS_PUBLIC_URL`, that a request may give as its `Host`. The loopback names are always among them when a loopback address is listened on.',
  ),
  PORTCULLIS_TRUSTED_PROXIES: fixed(
    'Addresses',
    type.networks,
    '',
    'Proxies whose `X-Forwarded-For` is believed ([proxies](proxies.md)). The header of any other sender is ignored.',
  ),
  PORTCULLIS_STOP_DELAY_SECONDS: fixed(
    'Addresses',
    type.seconds,
    '0',
    'How long calls are still taken after the signal to stop, while `/readyz` says `stopping`: as long as load balancers need to notice ([health](health.md)).',
  ),
  HTTPS_PROXY: optional(
    'Addresses',
    type.proxyUrl,
    "An HTTP proxy that requests to Notion and to key services lead through; `https_proxy` is read too. Addresses that come from outside (authorization servers other than Notion's, the receiver of notices) are always asked directly: a proxy would look up their names where Portcullis cannot check the address.",
  ),
  NO_PROXY: fixed(
    'Addresses',
    type.text,
    '',
    'Hosts that are asked directly although there is such a proxy: names, names that begin with a dot, `host:port`; separated by commas. `no_proxy` is read too.',
  ),
  PORTCULLIS_FILE_LINKS: fixed(
    'Addresses',
    type.choice(['bearer', 'key']),
    'bearer',
    "How links to Notion's files open. `bearer`: the link alone opens the file for an hour, like Notion's own links, so that browsers and exporters can fetch it; the link ends with the key that received it. `key`: only together with a key of the same person or agent.",
  ),

  DATABASE_URL: optional(
    'Storage',
    type.databaseUrl,
    'A PostgreSQL database, 16 to 18. Default: a PostgreSQL 18 that Portcullis runs itself, below its data directory.',
  ),
  PORTCULLIS_DATABASE_APP_URL: optional(
    'Storage',
    type.databaseUrl,
    'The same database for a login that a database administrator made, which works in one workspace at a time ([storage](storage.md)). Default: the login in `DATABASE_URL` makes one.',
  ),
  PORTCULLIS_DATABASE_SYSTEM_URL: optional(
    'Storage',
    type.databaseUrl,
    'The same for the login that works across workspaces.',
  ),
  PORTCULLIS_DATABASE_CONNECTIONS: fixed(
    'Storage',
    type.connections,
    '8',
    'Connections that a gateway keeps open at most for each of its two logins. The log has one more, and two more are there while it starts.',
  ),
  PORTCULLIS_DATA_DIR: fixed(
    'Storage',
    type.path,
    './.portcullis',
    'Directory for what Portcullis keeps outside an external database: its own PostgreSQL, and in the demo the emulator.',
  ),
  PORTCULLIS_HIGH_WATER_FILE: optional(
    'Storage',
    type.path,
    'Where each instance notes how far the database has come, so that it notices when the database was put back to an earlier state. Default: `high-water.json` in the data directory.',
  ),

  PORTCULLIS_ROOT_KEYS: fixed(
    'Root keys',
    type.texts,
    'file',
    'The root keys, under which all others are wrapped: `file` (the file below), `file:PATH`, `aws-kms:ARN`, `gcp-kms:projects/…/cryptoKeyVersions/N`, `vault-transit:MOUNT/KEY/VERSION`. One is enough; while root keys are exchanged every instance names both ([custody](custody.md)). The first one is used when there is nothing yet.',
  ),
  PORTCULLIS_ROOT_KEY_FILE: optional(
    'Root keys',
    type.path,
    'The file that `file` means. The first start on a new database makes it (mode 0600), and no later start does. It must not be below the data directory, so that a copy of the directory does not include the key. Without it no stored token can be opened: keep a copy. Default: `~/.config/portcullis/root.key`; in the demo `root.key` in the data directory.',
  ),
  PORTCULLIS_AWS_KMS_ENDPOINT: optional(
    'Root keys',
    type.origin,
    'AWS KMS under another address, such as a VPC endpoint. Credentials come from where AWS programs find them: environment, profile, role.',
  ),
  PORTCULLIS_GCP_KMS_ENDPOINT: fixed(
    'Root keys',
    type.origin,
    'https://cloudkms.googleapis.com',
    'Google Cloud KMS under another address. Credentials are the Application Default Credentials.',
  ),
  PORTCULLIS_VAULT_ADDRESS: optional('Root keys', type.origin, 'Vault or OpenBao, for `vault-transit`.'),
  PORTCULLIS_VAULT_NAMESPACE: optional('Root keys', type.text, 'Its namespace, where there are any.'),
  PORTCULLIS_VAULT_TOKEN: optional('Root keys', type.secret, 'A token that may encrypt and decrypt with the key.'),
  PORTCULLIS_VAULT_TOKEN_FILE: optional(
    'Root keys',
    type.path,
    'Instead of the token: a file that always holds a current one, as an agent of Vault or OpenBao keeps it. Read at each request.',
  ),

  PORTCULLIS_ADMIN_EMAIL: fixed(
    'People',
    type.email,
    'admin@localhost',
    'Who gets the sign-in link of the first start. Used once, while there are no users.',
  ),
  PORTCULLIS_INVITATION_DAYS: fixed(
    'People',
    type.wholeNumber('1 to 90', 1, 90),
    '7',
    'For how many days an invitation to a workspace can be accepted, and the first link of a new account works.',
  ),
  PORTCULLIS_SMTP_URL: optional(
    'People',
    type.smtpUrl,
    'A mail server: `smtps://USER:PASSWORD@HOST:465`, or `smtp://…:587` with STARTTLS. With it, invitations and links for forgotten passwords go to people by mail, which proves their addresses. Without it, the person who makes a link hands it over.',
  ),
  PORTCULLIS_MAIL_FROM: optional(
    'People',
    type.email,
    'The sender of these mails. Needs `PORTCULLIS_SMTP_URL` beside it.',
  ),

  PORTCULLIS_NOTICE_URL: optional(
    'Notices',
    type.url,
    'The URL of your own system that gets a signed POST when a workspace was authorized or deauthorized ([notices](notices.md)). It needs the secret of the next setting. It cannot be on a private network: addresses that are not public are never called.',
  ),
  PORTCULLIS_NOTICE_SECRET: optional(
    'Notices',
    type.signingSecret,
    'What notices are signed with: `whsec_` and 24 to 64 random bytes in base64, as `echo whsec_$(openssl rand -base64 32)` makes one.',
  ),

  NOTION_AUDIT_DB_ID: optional(
    'Sinks',
    type.text,
    'A database of Notion that gets a row for each denial, change and event ([sinks](sinks.md)). It gets those of the workspace that it is in, and of no other.',
  ),
  PORTCULLIS_SINK_WEBHOOK_URL: optional(
    'Sinks',
    type.url,
    'Where the logs of all workspaces and that of the deployment are sent, by signed POSTs. Needs the secret beside it. Not on a private network.',
  ),
  PORTCULLIS_SINK_WEBHOOK_SECRET: optional(
    'Sinks',
    type.signingSecret,
    'What these POSTs are signed with, as `PORTCULLIS_NOTICE_SECRET`.',
  ),
  PORTCULLIS_SINK_SYSLOG_URL: optional(
    'Sinks',
    type.syslogUrl,
    'A syslog receiver (RFC 5424) for all logs: `tls://HOST:6514`, or `tcp://HOST:PORT`, which is not encrypted. It may be on a private network. `NODE_EXTRA_CA_CERTS` names further certificates to believe.',
  ),
  PORTCULLIS_SINK_FILE: optional('Sinks', type.path, 'A file that all logs are appended to, one JSON object a line.'),
  PORTCULLIS_SINK_FORMAT: fixed(
    'Sinks',
    type.choice(['json', 'ocsf']),
    'json',
    'How entries are spelled for the sinks above and on standard output: as they are in the log, or as events of OCSF.',
  ),

  PORTCULLIS_LOG_LEVEL: optional(
    'Output',
    type.choice(['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
    'What is logged on standard error, as JSON lines. This is the log of the program, not the audit log. Default: `info`; in the demo `warn`.',
  ),
  PORTCULLIS_AUDIT_MODE: fixed(
    'Output',
    type.choice(auditModes),
    'strict',
    'What a call may do whose entry in the audit log cannot be made durable. `strict`: nothing, neither before its intent is durable nor after its outcome is not. `degraded-read`: read, if its entry is at least in a file in the data directory. `continue`: anything. Entries that were late come into the log as soon as they can. Outside `strict` every entry of a call and every response (`Portcullis-Audit`) says the mode.',
  ),
  PORTCULLIS_AUDIT_STDOUT: optional(
    'Output',
    type.flag,
    'Also print the logs on standard output, one JSON object a line ([sinks](sinks.md)). Default: `true`; in the demo `false`.',
  ),
  PORTCULLIS_METRICS_TOKEN: optional(
    'Output',
    type.secret,
    'Requests that send it as `Authorization: Bearer …` may read `/metrics`. Default: there is no such page, except for this machine itself while `PORTCULLIS_PUBLIC_URL` leads to a loopback address.',
  ),

  PORTCULLIS_METRICS_ADDRESS: optional(
    'Output',
    type.listenPlace,
    'A second address to listen on, for `/healthz`, `/readyz` and `/metrics` alone. Every client that can reach it may read the metrics, unless there is a token: keep it on an inner network.',
  ),

  PORTCULLIS_EMULATOR_PORT: optional(
    'Demo',
    type.port,
    'Port of the Notion emulator, which only the demo starts. Default: any free port, the same one at each start where possible.',
  ),

  PORTCULLIS_URL: fixed(
    'Command line',
    type.url,
    'http://127.0.0.1:8420',
    'The gateway that `portcullis audit` and `portcullis discover` talk to.',
  ),
  PORTCULLIS_KEY: optional('Command line', type.secret, 'The API key with which they do so.'),
} as const;

export type SettingName = keyof typeof settings;

/** The value of every setting. */
export type Values = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer T> ? T : never;
};

export const settingNames = Object.keys(settings) as SettingName[];

/** True for settings whose descriptions begin with a warning. */
export function isDangerous(name: SettingName): boolean {
  return name.startsWith('PORTCULLIS_DANGEROUSLY_');
}
