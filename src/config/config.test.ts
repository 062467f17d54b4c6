import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { readClientConfig, readConfig, readKeysConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { isDangerous, settingNames, settings } from './settings.ts';

const real = {
  NOTION_OAUTH_CLIENT_ID: 'client',
  NOTION_OAUTH_CLIENT_SECRET: 'hunter2',
  PORTCULLIS_PUBLIC_URL: 'https://gate.example.com',
};

/** The settings that a configuration is refused for, in the order of the report. */
function refused(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ConfigError, inspect(error));
    for (const { problem, hint } of error.problems) assert.ok(problem !== '' && hint !== '');
    return error.problems.map(({ setting }) => setting);
  }
  return [];
}

describe('readConfig', () => {
  it('gives the demo on loopback when nothing is set', () => {
    const config = readConfig('demo', {});
    assert.equal(config.mode, 'demo');
    assert.equal(config.notion, null);
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 8420);
    assert.equal(config.publicUrl, null);
    assert.deepEqual(config.database, {
      kind: 'embedded',
      dataDir: resolve('.portcullis/postgres'),
      connections: 8,
    });
    assert.deepEqual(config.rootKeys, [{ provider: 'file', key: resolve('.portcullis/root.key') }]);
    assert.deepEqual(config.sinks.everywhere, []);
    assert.deepEqual(config.allowedHosts, ['localhost', '127.0.0.1', '[::1]']);
  });

  it('talks to the real Notion when the three settings are there, for every command', () => {
    for (const command of ['demo', 'serve'] as const) {
      const config = readConfig(command, real);
      assert.equal(config.mode, 'serve');
      assert.equal(config.notion?.apiUrl, 'https://api.notion.com');
      assert.equal(config.notion?.mcpUrl, 'https://mcp.notion.com/mcp');
      assert.equal(config.notion?.clientSecret.reveal(), 'hunter2');
      assert.equal(config.publicUrl, 'https://gate.example.com');
      assert.deepEqual(
        config.sinks.everywhere.map(({ name }) => name),
        ['PORTCULLIS_AUDIT_STDOUT'],
      );
      assert.deepEqual(config.rootKeys, [
        { provider: 'file', key: join(homedir(), '.config', 'portcullis', 'root.key') },
      ]);
    }
  });

  it('lets flags outrank the environment', () => {
    assert.equal(readConfig('demo', { PORTCULLIS_PORT: '1' }, { PORTCULLIS_PORT: '2' }).port, 2);
  });

  it('counts an empty setting as not set', () => {
    assert.equal(readConfig('demo', { PORTCULLIS_PORT: '', DATABASE_URL: '' }).port, 8420);
  });

  it('reports all problems at once', () => {
    const env = {
      PORTCULLIS_PORT: 'x',
      PORTCULLIS_HOST: 'example.com',
      PORTCULLIS_LOG_LEVEL: 'loud',
      PORTCULLIS_PROT: '1',
    };
    assert.deepEqual(
      refused(() => readConfig('demo', env)),
      ['PORTCULLIS_PROT', 'PORTCULLIS_HOST', 'PORTCULLIS_PORT', 'PORTCULLIS_LOG_LEVEL'],
    );
  });

  it('refuses an unknown PORTCULLIS_ setting and says which one may have been meant', () => {
    assert.throws(() => readConfig('demo', { PORTCULLIS_PUBLC_URL: 'x' }), /Did you mean PORTCULLIS_PUBLIC_URL\?/);
    assert.throws(() => readConfig('demo', { PORTCULLIS_WHATEVER_ELSE: 'x' }), /Remove it/);
    assert.deepEqual(
      refused(() => readConfig('demo', { NOTION_SOMETHING: 'x', PATH: 'y' })),
      [],
    );
  });

  it('shows no secret when printed or when refused', () => {
    const database = 'postgres://user:hunter3@db.example.com/portcullis';
    const config = readConfig('serve', { ...real, DATABASE_URL: database });
    const printed = `${inspect(config, { depth: null })} ${JSON.stringify(config)}`;
    assert.doesNotMatch(printed, /hunter/);
    assert.match(printed, /\[secret\]/);
    assert.throws(
      () => readConfig('serve', { DATABASE_URL: 'mysql://user:hunter3@db', NOTION_OAUTH_CLIENT_SECRET: 'hunter2' }),
      error => !inspect(error).includes('hunter'),
    );
  });

  it('reads every default in the table', () => {
    for (const name of settingNames) {
      const { type, byDefault } = settings[name];
      if (byDefault !== null) assert.doesNotThrow(() => type.read(byDefault), name);
    }
  });

  it('refuses values that do not fit', () => {
    const cases: [keyof typeof settings, string][] = [
      ['PORTCULLIS_PORT', '65536'],
      ['PORTCULLIS_PORT', '-1'],
      ['PORTCULLIS_TRUSTED_PROXIES', '10.0.0.0/33'],
      ['PORTCULLIS_TRUSTED_PROXIES', '10.0.0.0/x'],
      ['PORTCULLIS_TRUSTED_PROXIES', '0.0.0.0/0'],
      ['PORTCULLIS_TRUSTED_PROXIES', '::/0'],
      ['PORTCULLIS_TRUSTED_PROXIES', 'proxy.example.com'],
      ['PORTCULLIS_ALLOWED_HOSTS', 'localhost:80'],
      ['PORTCULLIS_PUBLIC_URL', 'http://localhost/path'],
      ['PORTCULLIS_PUBLIC_URL', 'ftp://localhost'],
      ['PORTCULLIS_PUBLIC_URL', 'http://user:pass@localhost'],
      ['PORTCULLIS_ADMIN_EMAIL', 'nobody'],
      ['PORTCULLIS_AUDIT_STDOUT', 'yes'],
    ];
    for (const [name, value] of cases) {
      assert.deepEqual(
        refused(() => readConfig('demo', { [name]: value })),
        [name],
        `${name}=${value}`,
      );
    }
  });

  it('reads lists', () => {
    const config = readConfig('serve', {
      ...real,
      PORTCULLIS_HOST: '0.0.0.0',
      PORTCULLIS_ALLOWED_HOSTS: 'Gate, gate.internal',
      PORTCULLIS_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    });
    assert.deepEqual(config.allowedHosts, ['gate', 'gate.internal', 'gate.example.com']);
    assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '::1']);
  });
});

describe('the receiver of notices', () => {
  const url = { PORTCULLIS_NOTICE_URL: 'https://ops.example.com/portcullis' };
  const secret = { PORTCULLIS_NOTICE_SECRET: `whsec_${'A'.repeat(32)}` };
  const loopback = { PORTCULLIS_NOTICE_URL: 'http://127.0.0.1:9000/portcullis' };
  const allowed = { PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true' };
  const cases: [Record<string, string>, string[]][] = [
    [{ ...url, ...secret }, []],
    [url, ['PORTCULLIS_NOTICE_SECRET']],
    [secret, ['PORTCULLIS_NOTICE_URL']],
    [{ ...loopback, ...secret }, ['PORTCULLIS_NOTICE_URL']],
    [{ ...loopback, ...secret, ...allowed }, []],
    [{ PORTCULLIS_NOTICE_URL: 'http://ops.example.com', ...secret, ...allowed }, ['PORTCULLIS_NOTICE_URL']],
    [{ ...url, PORTCULLIS_NOTICE_SECRET: 'hunter4' }, ['PORTCULLIS_NOTICE_SECRET']],
    [{ ...url, PORTCULLIS_NOTICE_SECRET: `whsec_${'A'.repeat(28)}` }, ['PORTCULLIS_NOTICE_SECRET']],
  ];
  for (const [env, problems] of cases) {
    it(`${problems.length === 0 ? 'accepts' : 'refuses'} ${JSON.stringify(env)}`, () => {
      for (const command of ['serve', 'demo'] as const) {
        const given = command === 'serve' ? { ...real, ...env } : env;
        assert.deepEqual(
          refused(() => readConfig(command, given)),
          problems,
        );
      }
    });
  }

  it('is nobody by default, and its secret is never printed', () => {
    assert.equal(readConfig('serve', real).notices, null);
    const printed = inspect(readConfig('serve', { ...real, ...url, ...secret }), { depth: null });
    assert.ok(!printed.includes('whsec_'));
  });
});

describe('rule 3: a token goes to Notion or where somebody said at length that it may', () => {
  const cases: [Record<string, string>, string[]][] = [
    [{ PORTCULLIS_NOTION_API_URL: 'http://127.0.0.1:9000' }, ['PORTCULLIS_NOTION_API_URL']],
    [{ PORTCULLIS_NOTION_API_URL: 'http://127.0.0.1:9000', PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true' }, []],
    [
      { PORTCULLIS_NOTION_API_URL: 'http://notion.example.com', PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true' },
      ['PORTCULLIS_NOTION_API_URL'],
    ],
    [{ PORTCULLIS_NOTION_API_URL: 'https://api.notion.com.example.com' }, ['PORTCULLIS_NOTION_API_URL']],
    [{ PORTCULLIS_NOTION_API_URL: 'https://api.notion.com:444' }, ['PORTCULLIS_NOTION_API_URL']],
    [{ PORTCULLIS_NOTION_MCP_URL: 'https://api.notion.com/mcp' }, ['PORTCULLIS_NOTION_MCP_URL']],
    [
      {
        PORTCULLIS_NOTION_API_URL: 'https://proxy.example.com',
        PORTCULLIS_DANGEROUSLY_SEND_TOKENS_TO_OTHER_HOSTS: 'true',
      },
      [],
    ],
  ];
  for (const [env, problems] of cases) {
    it(`${problems.length === 0 ? 'accepts' : 'refuses'} ${JSON.stringify(env)}`, () => {
      assert.deepEqual(
        refused(() => readConfig('serve', { ...real, ...env })),
        problems,
      );
    });
  }

  it('names its dangerous settings so that nobody overlooks them', () => {
    assert.deepEqual(settingNames.filter(isDangerous), [
      'PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP',
      'PORTCULLIS_DANGEROUSLY_SEND_TOKENS_TO_OTHER_HOSTS',
    ]);
  });
});

describe('rule 24: the root key does not lie under the data directory, outside the demo', () => {
  it('refuses it in serve, however it is spelt', () => {
    const below = { PORTCULLIS_DATA_DIR: '/data', PORTCULLIS_ROOT_KEY_FILE: '/data/x/../keys/root.key' };
    assert.deepEqual(
      refused(() => readConfig('serve', { ...real, ...below })),
      ['PORTCULLIS_ROOT_KEY_FILE'],
    );
    const beside = { PORTCULLIS_DATA_DIR: '/data', PORTCULLIS_ROOT_KEY_FILE: '/data-keys/root.key' };
    assert.equal(readConfig('serve', { ...real, ...beside }).rootKeys[0]?.key, '/data-keys/root.key');
    assert.equal(readConfig('demo', below).rootKeys[0]?.key, '/data/keys/root.key');
  });
});

describe('readKeysConfig', () => {
  it('finds the key of the database that its settings name: the demo keeps it beside', () => {
    const keyOf = (env: Record<string, string>) => readKeysConfig(env).rootKeys[0]?.key;
    const data = { PORTCULLIS_DATA_DIR: '/data' };
    assert.equal(keyOf(data), '/data/root.key');
    const outside = join(homedir(), '.config', 'portcullis', 'root.key');
    assert.equal(keyOf({ ...data, NOTION_OAUTH_CLIENT_ID: 'a', NOTION_OAUTH_CLIENT_SECRET: 'b' }), outside);
    assert.equal(keyOf({ DATABASE_URL: 'postgres://user:pw@localhost/portcullis' }), outside);
  });
});

describe('rule 25: the demo keeps to itself, serve never enters it, half-set credentials are an error', () => {
  it('refuses a database, a Notion and addresses that are not its own', () => {
    const env = {
      DATABASE_URL: 'postgres://user:pw@localhost/portcullis',
      PORTCULLIS_NOTION_API_URL: 'https://api.notion.com',
      PORTCULLIS_HOST: '0.0.0.0',
      PORTCULLIS_PUBLIC_URL: 'https://gate.example.com',
      PORTCULLIS_ALLOWED_HOSTS: 'gate.example.com',
    };
    assert.deepEqual(refused(() => readConfig('demo', env)).sort(), Object.keys(env).sort());
  });

  it('accepts loopback addresses in every spelling', () => {
    for (const host of ['127.0.0.1', '127.8.4.2', '::1', 'localhost']) {
      assert.equal(readConfig('demo', { PORTCULLIS_HOST: host }).host, host);
    }
    assert.equal(readConfig('demo', { PORTCULLIS_PUBLIC_URL: 'http://[::1]:8420' }).publicUrl, 'http://[::1]:8420');
  });

  it('refuses to serve without credentials instead of falling back to the demo', () => {
    const problems = refused(() => readConfig('serve', {}));
    assert.deepEqual(problems, ['NOTION_OAUTH_CLIENT_ID and NOTION_OAUTH_CLIENT_SECRET', 'PORTCULLIS_PUBLIC_URL']);
  });

  it('refuses half of the credentials, for either command', () => {
    const { NOTION_OAUTH_CLIENT_ID, NOTION_OAUTH_CLIENT_SECRET, PORTCULLIS_PUBLIC_URL } = real;
    for (const command of ['demo', 'serve'] as const) {
      const cases: [Record<string, string>, string[]][] = [
        [{ NOTION_OAUTH_CLIENT_ID, PORTCULLIS_PUBLIC_URL }, ['NOTION_OAUTH_CLIENT_SECRET']],
        [{ NOTION_OAUTH_CLIENT_SECRET, PORTCULLIS_PUBLIC_URL }, ['NOTION_OAUTH_CLIENT_ID']],
        [{ NOTION_OAUTH_CLIENT_ID, NOTION_OAUTH_CLIENT_SECRET }, ['PORTCULLIS_PUBLIC_URL']],
        [
          { NOTION_OAUTH_CLIENT_ID, NOTION_OAUTH_CLIENT_SECRET: '', PORTCULLIS_PUBLIC_URL },
          ['NOTION_OAUTH_CLIENT_SECRET'],
        ],
      ];
      for (const [env, problems] of cases) {
        assert.deepEqual(
          refused(() => readConfig(command, env)),
          problems,
        );
      }
    }
  });
});

describe('a client at the hosted MCP server that was registered by hand', () => {
  const id = { PORTCULLIS_NOTION_MCP_CLIENT_ID: 'by-hand' };
  const secret = { PORTCULLIS_NOTION_MCP_CLIENT_SECRET: 'hunter3' };
  const issuer = { PORTCULLIS_NOTION_MCP_ISSUER: 'https://mcp.notion.com/tenant' };

  it('belongs to the origin of the MCP server, or to the issuer that is named, to the letter', () => {
    assert.equal(readConfig('serve', real).notion?.mcpClient, null);
    const client = readConfig('serve', { ...real, ...id, ...secret }).notion?.mcpClient;
    assert.deepEqual([client?.issuer, client?.clientId], ['https://mcp.notion.com', 'by-hand']);
    assert.equal(client?.secret.reveal(), 'hunter3');
    assert.ok(!inspect(client, { depth: null }).includes('hunter3'));
    const named = readConfig('serve', { ...real, ...id, ...secret, ...issuer }).notion?.mcpClient;
    assert.equal(named?.issuer, 'https://mcp.notion.com/tenant');
  });

  it('is whole or not there at all', () => {
    const [clientId = '', clientSecret = ''] = [id, secret].flatMap(Object.keys);
    const cases: [object, string[]][] = [
      [id, [clientSecret]],
      [secret, [clientId]],
      [issuer, [clientId, clientSecret]],
      [{ ...id, ...issuer }, [clientSecret]],
      [{ ...secret, [clientId]: '' }, [clientId]],
    ];
    for (const [given, problems] of cases) {
      assert.deepEqual(
        refused(() => readConfig('serve', { ...real, ...given })),
        problems,
      );
    }
  });

  it('has no place in the demo', () => {
    const given = { ...id, ...secret };
    assert.deepEqual(
      refused(() => readConfig('demo', given)),
      Object.keys(given),
    );
  });
});

describe('readClientConfig', () => {
  it('needs no credentials of a gateway, and keeps the key secret', () => {
    const config = readClientConfig({ PORTCULLIS_KEY: 'pcl_hunter2' }, { PORTCULLIS_URL: 'http://localhost:1/' });
    assert.equal(config.url, 'http://localhost:1');
    assert.equal(config.key?.reveal(), 'pcl_hunter2');
    assert.doesNotMatch(inspect(config), /hunter/);
  });
});
