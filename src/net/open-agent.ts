import { Agent, EnvHttpProxyAgent } from 'undici';
import type { OutgoingProxy } from '../domain/outgoing-proxy.ts';

/**
 * Connections to hosts that the settings name: direct ones, or tunnels (HTTP CONNECT, RFC 9110 section 9.3.6) through the
 * outgoing proxy. TLS ends at the host itself, so a proxy sees names and no content. Plain http goes directly, since it is
 * for loopback alone. Hosts that came from outside are asked by `createSafeFetch`, which looks at their addresses.
 */
export function openAgent(proxy: OutgoingProxy | null, options: Agent.Options = {}): Agent | EnvHttpProxyAgent {
  if (proxy === null) return new Agent(options);
  const { connect } = options;
  return new EnvHttpProxyAgent({
    ...options,
    // Empty, not missing: otherwise the library would read the environment and ignore the settings.
    httpProxy: '',
    httpsProxy: proxy.url.reveal(),
    noProxy: proxy.except,
    ...(typeof connect === 'object' && { requestTls: connect, proxyTls: connect }),
  });
}
