import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import { isLoopback } from '../domain/network-of.ts';
import { Secret } from '../domain/secret.ts';

/** How the text of a setting becomes a value. `read` throws a RangeError that says what is expected. */
export interface ValueType<T> {
  /** What a person may write, for the documentation. */
  readonly expects: string;
  readonly secret?: boolean;
  read(text: string): T;
}

export const text: ValueType<string> = { expects: 'text', read: value => value };

export const secret: ValueType<Secret> = { expects: 'text, secret', secret: true, read: value => new Secret(value) };

/** A secret for signing, as Standard Webhooks writes it. */
export const signingSecret: ValueType<Secret> = {
  expects: '`whsec_` and base64, secret',
  secret: true,
  read(value) {
    const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.toString('base64') !== encoded || bytes.length < 24 || bytes.length > 64) {
      throw new RangeError('must be whsec_ and 24 to 64 bytes in base64');
    }
    return new Secret(value);
  },
};

const yesOrNo = choice(['true', 'false']);

export const flag: ValueType<boolean> = { ...yesOrNo, read: value => yesOrNo.read(value) === 'true' };

export const path: ValueType<string> = { expects: 'a path', read: value => resolve(value) };

/** Where mail is handed in, with the credentials for it. */
export const smtpUrl: ValueType<Secret> = {
  expects: 'an smtp or smtps URL, secret',
  secret: true,
  read(value) {
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (parsed === null || !/^smtps?:$/.test(parsed.protocol) || parsed.hostname === '') {
      throw new RangeError(
        'must be smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ where the server wants it',
      );
    }
    return new Secret(value);
  },
};

/** An HTTP proxy, with the credentials for it. */
export const proxyUrl: ValueType<Secret> = {
  expects: 'the http or https URL of a proxy, secret',
  secret: true,
  read(value) {
    // Curl and other programs accept it without a scheme.
    const whole = value.includes('://') ? value : `http://${value}`;
    const parsed = URL.canParse(whole) ? new URL(whole) : null;
    if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== '/' || parsed.search !== '') {
      throw new RangeError('must be http://HOST:PORT, with USER:PASSWORD@ where the proxy wants it');
    }
    return new Secret(whole);
  },
};

export const port: ValueType<number> = wholeNumber('0 to 65535; 0 means any free port', 0, 65_535);

export const email: ValueType<string> = matching('an email address', /^[^@\s]+@[^@\s]+$/, value => value.toLowerCase());

/** An address to listen on: an IP address or `localhost`. */
export const listenAddress: ValueType<string> = {
  expects: 'an IP address or `localhost`',
  read(value) {
    if (isIP(value) === 0 && value !== 'localhost') throw new RangeError(`must be ${this.expects}`);
    return value;
  },
};

/** The address of a listener: an IP address and a port. */
export interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:9464`, `[::]:9464`. */
export const listenPlace: ValueType<ListenPlace> = {
  expects: 'an IP address and a port: `0.0.0.0:9464`, `[::]:9464`',
  read(value) {
    const [, v6, v4, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
    const host = v6 ?? v4 ?? '';
    const fits = v6 === undefined ? host === 'localhost' || isIP(host) === 4 : isIP(host) === 6;
    if (!fits) throw new RangeError(`must be ${this.expects}`);
    return { host, port: port.read(digits) };
  },
};

/** Seconds to wait for. */
export const seconds: ValueType<number> = wholeNumber('0 to 3600, in seconds', 0, 3600);

/** How many database connections. */
export const connections: ValueType<number> = wholeNumber('1 to 500', 1, 500);

/** An http or https URL without credentials, query or fragment. */
export const url: ValueType<URL> = {
  expects: 'an http or https URL',
  read(value) {
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw new RangeError(`must be ${this.expects}`);
    if (parsed.username !== '' || parsed.password !== '')
      throw new RangeError('must not carry a user name or password');
    if (parsed.search !== '' || parsed.hash !== '') throw new RangeError('must not have a query or a fragment');
    return parsed;
  },
};

/** A URL of a server without a path; plain http only on this machine. */
export const origin: ValueType<URL> = {
  expects: 'the https URL of a server, without a path (plain http on this machine only)',
  read(value) {
    const parsed = url.read(value);
    if (parsed.pathname !== '/') throw new RangeError('must not have a path');
    if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname)) throw new RangeError('must use https');
    return parsed;
  },
};

/** `tls://host:6514`, or `tcp://host:514`. */
export const syslogUrl: ValueType<URL> = {
  expects: '`tls://HOST:PORT` or `tcp://HOST:PORT`',
  read(value) {
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (parsed === null || !/^t(ls|cp):$/.test(parsed.protocol) || parsed.hostname === '' || parsed.port === '') {
      throw new RangeError(`must be ${this.expects}`);
    }
    return parsed;
  },
};

export const databaseUrl: ValueType<Secret> = {
  expects: '`postgres://user:password@host:5432/database`, secret',
  secret: true,
  read(value) {
    if (!/^postgres(ql)?:\/\/./.test(value) || !URL.canParse(value)) throw new RangeError('must be a postgres:// URL');
    return new Secret(value);
  },
};

/** Host names without port, lower case. */
export const hostNames: ValueType<readonly string[]> = list('host names without port', value => {
  const parsed = URL.canParse(`http://${value}`) ? new URL(`http://${value}`) : null;
  if (parsed === null || parsed.host !== value.toLowerCase() || parsed.port !== '') {
    throw new RangeError(`must be host names without port, and "${value}" is not one`);
  }
  return parsed.hostname;
});

/** Addresses and CIDR ranges, as they were written. */
export const networks: ValueType<readonly string[]> = list('IP addresses or CIDR ranges', value => {
  const [address = '', bits] = value.split('/');
  const family = isIP(address);
  if (family === 0) throw new RangeError(`must be IP addresses or CIDR ranges, and "${value}" is neither`);
  try {
    if (bits !== undefined) new BlockList().addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  } catch {
    throw new RangeError(`has the range "${value}", whose prefix length does not fit its address`);
  }
  if (bits !== undefined && Number(bits) === 0) {
    throw new RangeError(`has the range "${value}", which is every address: then each caller could claim any address`);
  }
  return value;
});

/** Words without meaning of their own yet. At least one. */
export const texts: ValueType<readonly string[]> = {
  ...list('names', item => item),
  read(value) {
    const items = list('names', item => item).read(value);
    if (items.length === 0) throw new RangeError('must name at least one');
    return items;
  },
};

/** One of a few words. */
export function choice<const W extends string>(words: readonly W[]): ValueType<W> {
  return {
    expects: words.map(word => `\`${word}\``).join(', '),
    read(value) {
      const word = words.find(candidate => candidate === value);
      if (word === undefined) throw new RangeError(`must be one of ${words.join(', ')}`);
      return word;
    },
  };
}

export function wholeNumber(expects: string, min: number, max: number): ValueType<number> {
  return {
    expects,
    read(value) {
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= min && number <= max)) throw new RangeError(`must be a whole number from ${min} to ${max}`);
      return number;
    },
  };
}

function matching<T>(expects: string, pattern: RegExp, convert: (value: string) => T): ValueType<T> {
  return {
    expects,
    read(value) {
      if (!pattern.test(value)) throw new RangeError(`must be ${expects}`);
      return convert(value);
    },
  };
}

function list<T>(expects: string, readItem: (item: string) => T): ValueType<readonly T[]> {
  return {
    expects: `${expects}, separated by commas`,
    read: value =>
      value
        .split(',')
        .map(item => item.trim())
        .filter(item => item !== '')
        .map(readItem),
  };
}
