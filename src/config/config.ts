/** From the environment to one frozen `Config`. This is the only file in `src/` that reads the environment. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AuditMode } from '../domain/audit-mode.ts';
import { isLoopback } from '../domain/network-of.ts';
import type { OutgoingProxy } from '../domain/outgoing-proxy.ts';
import { parseRootKeyName, type RootKeyName } from '../domain/root-key-name.ts';
import type { Secret } from '../domain/secret.ts';
import { dayMs, secondMs } from '../domain/units.ts';
import { ConfigError } from './config-error.ts';
import { type Reading, readValues } from './read-values.ts';
import { databaseRules, demoRules, keyRules, type Rule, serveRules } from './rules.ts';
import type { SettingName, Values } from './settings.ts';
import { type SinksConfig, sinksConfig } from './sinks-config.ts';
import type { Texts } from './texts.ts';
import type { ListenPlace } from './value-type.ts';

/** The environment of this process. */
export const environment: Texts = process.env;

/** What `portcullis demo` and `portcullis serve` run with. */
export interface Config {
  /** `demo` only when `portcullis demo` found no credentials for Notion. A database is stamped with it. */
  readonly mode: 'demo' | 'serve';
  /** Null in the demo until its emulator runs. */
  readonly notion: NotionConfig | null;
  /** Where browsers and clients reach us, without a trailing slash; null means at the address listened on. */
  readonly publicUrl: string | null;
  readonly host: string;
  readonly port: number;
  /** Every host name that a request may give, lower case, without port. */
  readonly allowedHosts: readonly string[];
  /** Addresses and CIDR ranges. */
  readonly trustedProxies: readonly string[];
  /** The proxy for requests to Notion; null: none. */
  readonly proxy: OutgoingProxy | null;
  /** Whether a link alone opens a file, or only together with a key. */
  readonly fileLinks: Values['PORTCULLIS_FILE_LINKS'];
  readonly database: DatabaseConfig;
  readonly dataDir: string;
  /** Every root key that this instance can use. */
  readonly rootKeys: readonly RootKeyName[];
  readonly keyServices: KeyServicesConfig;
  /** The file in which this instance notes the progress of the database. */
  readonly highWaterFile: string;
  readonly adminEmail: string;
  readonly invitationMs: number;
  /** How mail is sent; null: it is not. */
  readonly mail: MailConfig | null;
  /** Where to send notices about workspaces that come and go; null: nowhere. */
  readonly notices: NoticesConfig | null;
  /** The sinks that get all logs. */
  readonly sinks: SinksConfig;
  readonly logLevel: NonNullable<Values['PORTCULLIS_LOG_LEVEL']>;
  /** What a call may do whose entry cannot be made durable. */
  readonly auditMode: AuditMode;
  /** A second listener, for health and metrics only; null: none. */
  readonly metricsAddress: ListenPlace | null;
  /** How long calls are still taken after the signal to stop. */
  readonly stopDelayMs: number;
  /**
   * Requests with this token may read the metrics. Null: only this machine itself may, and only at a loopback address.
   */
  readonly metricsToken: Secret | null;
  /** Null means any free port. */
  readonly emulatorPort: number | null;
}

export interface NotionConfig {
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly mcpUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** A client that was registered by hand at the hosted MCP server's authorization server. */
  readonly mcpClient: { readonly issuer: string; readonly clientId: string; readonly secret: Secret } | null;
  readonly dangerouslyAllowLoopbackHttp: boolean;
}

export interface MailConfig {
  readonly url: Secret;
  readonly from: string;
}

export interface NoticesConfig {
  readonly url: string;
  readonly secret: Secret;
  readonly dangerouslyAllowLoopbackHttp: boolean;
}

/** What the commands run with that work on stored keys. */
export interface KeysConfig {
  readonly database: DatabaseConfig;
  readonly rootKeys: readonly RootKeyName[];
  readonly keyServices: KeyServicesConfig;
}

export interface WebhooksConfig extends KeysConfig {
  readonly publicUrl: string;
}

/** What commands run with that make links for people. */
export interface PeopleConfig extends KeysConfig {
  readonly publicUrl: string;
  readonly invitationMs: number;
}

export interface KeyServicesConfig {
  readonly awsEndpoint: string | null;
  readonly gcpEndpoint: string;
  readonly vault: {
    readonly address: string;
    readonly namespace: string | null;
    readonly token: Secret | { readonly file: string };
  } | null;
  readonly proxy: OutgoingProxy | null;
}

/** How many connections each of the two logins has at most. */
interface DatabaseUse {
  readonly connections?: number;
}

interface ExternalDatabase {
  readonly kind: 'external';
  /** Signs in the owner of the schema. */
  readonly url: Secret;
  /** Logins that a database administrator made for the two parts of Portcullis. Without them, the owner makes two. */
  readonly logins?: { readonly app: Secret; readonly system: Secret };
}

export type DatabaseConfig = DatabaseUse & (ExternalDatabase | { readonly kind: 'embedded'; readonly dataDir: string });

/** What the commands run with that talk to a gateway elsewhere. */
export interface ClientConfig {
  readonly url: string;
  readonly key: Secret | null;
}

/** Flags, by the name of their setting. They have priority over the environment. */
export type Flags = { readonly [Name in SettingName]?: string };

/**
 * Reads the configuration of a gateway. It depends on its arguments, on the working directory and the home directory
 * (for relative paths and defaults), and on the files with secrets. Throws ConfigError with every problem.
 */
export function readConfig(command: 'demo' | 'serve', env: Texts, flags: Flags = {}): Config {
  const reading = readValues({ ...env, ...flags });
  const demo = command === 'demo' && !hasCredentials(reading);
  const rootKeyFile = rootKeyFileOf(reading.values, demo);
  assertKept(demo ? demoRules : serveRules, reading, rootKeyFile);
  const { values } = reading;
  return Object.freeze(demo ? demoConfig(values, rootKeyFile) : serveConfig(values, rootKeyFile));
}

/** Reads what commands need that work on stored keys. Throws ConfigError with every problem. */
export function readKeysConfig(env: Texts, flags: Flags = {}): KeysConfig {
  const reading = readValues({ ...env, ...flags });
  // With the settings of the demo it is the demo's database, and the key lies beside it.
  const demo = !hasCredentials(reading) && reading.values.DATABASE_URL === null;
  const rootKeyFile = rootKeyFileOf(reading.values, demo);
  assertKept([...databaseRules, ...keyRules], reading, rootKeyFile);
  return { database: databaseConfig(reading.values), ...keysConfig(reading.values, rootKeyFile) };
}

/** Reads what commands need that set up the deployment's webhooks. Throws ConfigError. */
export function readWebhooksConfig(env: Texts, flags: Flags = {}): WebhooksConfig {
  const keys = readKeysConfig(env, flags);
  return { ...keys, publicUrl: publicUrlOf(readValues({ ...env, ...flags }), 'Notion sends events there') };
}

/** Reads what commands need that make links for people. Throws ConfigError. */
export function readPeopleConfig(env: Texts, flags: Flags = {}): PeopleConfig {
  const keys = readKeysConfig(env, flags);
  const reading = readValues({ ...env, ...flags });
  const invitationMs = reading.values.PORTCULLIS_INVITATION_DAYS * dayMs;
  return { ...keys, publicUrl: publicUrlOf(reading, 'the link leads there'), invitationMs };
}

/** Throws a ConfigError that says why the gateway's address is needed. */
function publicUrlOf({ values: { PORTCULLIS_PUBLIC_URL: publicUrl } }: Reading, why: string): string {
  if (publicUrl !== null) return withoutSlash(publicUrl);
  const hint = `Set it as for the gateway: ${why}.`;
  throw new ConfigError([{ setting: 'PORTCULLIS_PUBLIC_URL', problem: 'is not set', hint }]);
}

/** Throws ConfigError with every problem. */
function assertKept(rules: readonly Rule[], reading: Reading, rootKeyFile: string): void {
  const broken = rules.flatMap(rule => rule({ ...reading, rootKeyFile }));
  // If a setting could not be read, a rule about it adds nothing new.
  const unread = new Set(reading.problems.map(({ setting }) => setting));
  const problems = [...reading.problems, ...broken.filter(({ setting }) => !unread.has(setting))];
  if (problems.length > 0) throw new ConfigError(problems);
}

function rootKeyFileOf(values: Values, demo: boolean): string {
  const byDefault = demo
    ? join(values.PORTCULLIS_DATA_DIR, 'root.key')
    : join(homedir(), '.config', 'portcullis', 'root.key');
  return values.PORTCULLIS_ROOT_KEY_FILE ?? byDefault;
}

/** Reads the settings of the database, for commands that need no others. Throws ConfigError with every problem. */
export function readDatabaseConfig(env: Texts, flags: Flags = {}): DatabaseConfig {
  const reading = readValues({ ...env, ...flags });
  assertKept(databaseRules, reading, '');
  return databaseConfig(reading.values);
}

/** Reads what the remote commands need. Throws ConfigError with every problem. */
export function readClientConfig(env: Texts, flags: Flags = {}): ClientConfig {
  const { values, problems } = readValues({ ...env, ...flags });
  if (problems.length > 0) throw new ConfigError(problems);
  return { url: withoutSlash(values.PORTCULLIS_URL), key: values.PORTCULLIS_KEY };
}

function hasCredentials({ given }: Reading): boolean {
  return given.has('NOTION_OAUTH_CLIENT_ID') || given.has('NOTION_OAUTH_CLIENT_SECRET');
}

function demoConfig(values: Values, rootKeyFile: string): Config {
  return {
    ...commonConfig(values, rootKeyFile),
    mode: 'demo',
    notion: null,
    logLevel: values.PORTCULLIS_LOG_LEVEL ?? 'warn',
    sinks: sinksConfig(values, values.PORTCULLIS_AUDIT_STDOUT ?? false),
  };
}

function serveConfig(values: Values, rootKeyFile: string): Config {
  const { NOTION_OAUTH_CLIENT_ID: clientId, NOTION_OAUTH_CLIENT_SECRET: clientSecret } = values;
  return {
    ...commonConfig(values, rootKeyFile),
    mode: 'serve',
    notion:
      clientId === null || clientSecret === null
        ? null
        : {
            apiUrl: withoutSlash(values.PORTCULLIS_NOTION_API_URL),
            mcpUrl: withoutSlash(values.PORTCULLIS_NOTION_MCP_URL),
            clientId,
            clientSecret,
            mcpClient: mcpClientConfig(values),
            dangerouslyAllowLoopbackHttp: values.PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP,
          },
    logLevel: values.PORTCULLIS_LOG_LEVEL ?? 'info',
    sinks: sinksConfig(values, values.PORTCULLIS_AUDIT_STDOUT ?? true),
  };
}

function mcpClientConfig(values: Values): NotionConfig['mcpClient'] {
  const { PORTCULLIS_NOTION_MCP_CLIENT_ID: clientId, PORTCULLIS_NOTION_MCP_CLIENT_SECRET: secret } = values;
  if (clientId === null || secret === null) return null;
  const issuer = values.PORTCULLIS_NOTION_MCP_ISSUER ?? values.PORTCULLIS_NOTION_MCP_URL.origin;
  return { issuer, clientId, secret };
}

function commonConfig(values: Values, rootKeyFile: string) {
  return {
    ...keysConfig(values, rootKeyFile),
    highWaterFile: values.PORTCULLIS_HIGH_WATER_FILE ?? join(values.PORTCULLIS_DATA_DIR, 'high-water.json'),
    publicUrl: values.PORTCULLIS_PUBLIC_URL === null ? null : withoutSlash(values.PORTCULLIS_PUBLIC_URL),
    host: values.PORTCULLIS_HOST,
    port: values.PORTCULLIS_PORT,
    allowedHosts: allowedHosts(values),
    proxy: proxyConfig(values),
    fileLinks: values.PORTCULLIS_FILE_LINKS,
    trustedProxies: values.PORTCULLIS_TRUSTED_PROXIES,
    database: databaseConfig(values),
    dataDir: values.PORTCULLIS_DATA_DIR,
    auditMode: values.PORTCULLIS_AUDIT_MODE,
    adminEmail: values.PORTCULLIS_ADMIN_EMAIL,
    invitationMs: values.PORTCULLIS_INVITATION_DAYS * dayMs,
    mail: mailConfig(values),
    notices: noticesConfig(values),
    metricsToken: values.PORTCULLIS_METRICS_TOKEN,
    metricsAddress: values.PORTCULLIS_METRICS_ADDRESS,
    stopDelayMs: values.PORTCULLIS_STOP_DELAY_SECONDS * secondMs,
    emulatorPort: values.PORTCULLIS_EMULATOR_PORT === 0 ? null : values.PORTCULLIS_EMULATOR_PORT,
  };
}

function keysConfig(values: Values, rootKeyFile: string) {
  return {
    rootKeys: values.PORTCULLIS_ROOT_KEYS.map(text => parseRootKeyName(text, rootKeyFile)),
    keyServices: {
      awsEndpoint: values.PORTCULLIS_AWS_KMS_ENDPOINT && withoutSlash(values.PORTCULLIS_AWS_KMS_ENDPOINT),
      gcpEndpoint: withoutSlash(values.PORTCULLIS_GCP_KMS_ENDPOINT),
      vault: vaultConfig(values),
      proxy: proxyConfig(values),
    },
  };
}

function vaultConfig(values: Values): KeyServicesConfig['vault'] {
  const { PORTCULLIS_VAULT_ADDRESS: address, PORTCULLIS_VAULT_TOKEN: secret } = values;
  const file = values.PORTCULLIS_VAULT_TOKEN_FILE;
  const token = secret ?? (file === null ? null : { file });
  if (address === null || token === null) return null;
  return { address: withoutSlash(address), namespace: values.PORTCULLIS_VAULT_NAMESPACE, token };
}

function proxyConfig({ HTTPS_PROXY: url, NO_PROXY: except }: Values): OutgoingProxy | null {
  return url === null ? null : { url, except };
}

function mailConfig({ PORTCULLIS_SMTP_URL: url, PORTCULLIS_MAIL_FROM: from }: Values): MailConfig | null {
  return url === null || from === null ? null : { url, from };
}

function noticesConfig(values: Values): NoticesConfig | null {
  const { PORTCULLIS_NOTICE_URL: url, PORTCULLIS_NOTICE_SECRET: secret } = values;
  if (url === null || secret === null) return null;
  return { url: url.href, secret, dangerouslyAllowLoopbackHttp: values.PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP };
}

function databaseConfig(values: Values): DatabaseConfig {
  const { DATABASE_URL: url, PORTCULLIS_DATABASE_CONNECTIONS: connections } = values;
  const { PORTCULLIS_DATABASE_APP_URL: app, PORTCULLIS_DATABASE_SYSTEM_URL: system } = values;
  const logins = app === null || system === null ? {} : { logins: { app, system } };
  if (url !== null) return { kind: 'external', url, ...logins, connections };
  // The embedded server needs a directory for itself alone.
  return { kind: 'embedded', dataDir: join(values.PORTCULLIS_DATA_DIR, 'postgres'), connections };
}

function allowedHosts(values: Values): string[] {
  const hosts = new Set(values.PORTCULLIS_ALLOWED_HOSTS);
  if (values.PORTCULLIS_PUBLIC_URL !== null) hosts.add(values.PORTCULLIS_PUBLIC_URL.hostname);
  if (isLoopback(values.PORTCULLIS_HOST)) for (const name of ['localhost', '127.0.0.1', '[::1]']) hosts.add(name);
  return [...hosts];
}

function withoutSlash(url: URL): string {
  return url.href.replace(/\/$/, '');
}
