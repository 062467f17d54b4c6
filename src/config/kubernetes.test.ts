import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from './config.ts';
import { readValues } from './read-values.ts';

/** What Kubernetes puts into each container beside a Service. */
function serviceVariables(service: string, host: string, port: number, name: string): Record<string, string> {
  const address = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    [`${service}_SERVICE_HOST`]: host,
    [`${service}_SERVICE_PORT`]: String(port),
    [`${service}_SERVICE_PORT_${name}`]: String(port),
    [`${service}_PORT`]: address,
    [`${service}_PORT_${port}_TCP`]: address,
    [`${service}_PORT_${port}_TCP_PROTO`]: 'tcp',
    [`${service}_PORT_${port}_TCP_PORT`]: String(port),
    [`${service}_PORT_${port}_TCP_ADDR`]: host,
  };
}

const problemsOf = (env: Record<string, string>) => readValues(env).problems.map(({ setting }) => setting);

describe('variables that Kubernetes makes for a Service', () => {
  for (const service of ['PORTCULLIS', 'PORTCULLIS_METRICS', 'PORTCULLIS_EMULATOR', 'PORTCULLIS_DATABASE_HA']) {
    it(`are no settings where it is called ${service.toLowerCase().replaceAll('_', '-')}`, () => {
      const variables = {
        ...serviceVariables(service, '10.96.0.12', 8080, 'HTTP'),
        ...serviceVariables(service, 'fd00::12', 9464, 'HTTP_METRICS'),
      };
      assert.deepEqual(problemsOf(variables), []);
      for (const [name, text] of Object.entries(variables)) assert.deepEqual(problemsOf({ [name]: text }), [], name);
      assert.equal(readConfig('demo', variables).port, 8420);
    });
  }

  it('leave settings and mistakes as they are', () => {
    assert.equal(readConfig('demo', { PORTCULLIS_PORT: '8080' }).port, 8080);
    const mistakes = {
      PORTCULLIS_PORT: 'http://10.0.0.7',
      PORTCULLIS_SERVICE_HOST: 'gate.example.com',
      PORTCULLIS_SERVICE_NAME: 'x',
      PORTCULLIS_PORT_8080: 'tcp://10.0.0.7:8080',
    };
    assert.deepEqual(problemsOf(mistakes).sort(), Object.keys(mistakes).sort());
  });
});
