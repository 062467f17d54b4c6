import { isIP } from 'node:net';
import type { Texts } from './texts.ts';

/**
 * Kubernetes describes the Services of a namespace to each container, by variables that are named after them. So a
 * Service called `portcullis`, or `portcullis-metrics`, makes names that look like settings of ours: `PORTCULLIS_PORT`
 * with `tcp://10.0.0.7:8420`, `PORTCULLIS_SERVICE_HOST`, `PORTCULLIS_PORT_8420_TCP_ADDR`. They are no settings, and are
 * left out. They are recognised by name and value together: `PORTCULLIS_PORT=8420` is a setting.
 *
 * @see https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
 */
export function withoutServiceVariables(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([name, text]) => !isOfService(name, text ?? '')));
}

const isAddress = (text: string) => /^(?:tcp|udp|sctp):\/\//.test(text);
const isPort = (text: string) => /^\d{1,5}$/.test(text);

/** What follows the name of a Service, and what its value looks like. */
const endings: readonly (readonly [RegExp, (text: string) => boolean])[] = [
  [/_SERVICE_HOST$/, text => isIP(text) !== 0],
  [/_SERVICE_PORT(?:_[A-Z0-9_]+)?$/, isPort],
  [/_PORT$/, isAddress],
  [/_PORT_\d+_(?:TCP|UDP|SCTP)$/, isAddress],
  [/_PORT_\d+_(?:TCP|UDP|SCTP)_PROTO$/, text => /^(?:tcp|udp|sctp)$/.test(text)],
  [/_PORT_\d+_(?:TCP|UDP|SCTP)_PORT$/, isPort],
  [/_PORT_\d+_(?:TCP|UDP|SCTP)_ADDR$/, text => isIP(text) !== 0],
];

function isOfService(name: string, text: string): boolean {
  return name.startsWith('PORTCULLIS') && endings.some(([ending, fits]) => ending.test(name) && fits(text));
}
