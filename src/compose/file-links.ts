import type { HashCredential } from '../domain/credential-hash.ts';
import { minuteMs } from '../domain/units.ts';
import type { Files } from '../doors/rest/file-operation.ts';
import { createFileFetcher } from '../forward/fetch-file.ts';
import { createFileEvidence } from '../forward/file-evidence.ts';
import { createOpenLinkedFile } from '../forward/open-linked-file.ts';
import type { Steps } from '../gateway.ts';
import { createFileLinks } from '../withhold/file-links.ts';
import type { UrlRewriting } from '../withhold/rewrite-urls.ts';
import { createTicketSeal } from '../withhold/ticket-seal.ts';
import type { Foundation } from './foundation.ts';
import { createSystemGateway } from './system-gateway.ts';

interface LinkParts extends Pick<Foundation, 'config' | 'log' | 'stores' | 'deriveKey' | 'now' | 'closers'> {
  readonly hashCredential: HashCredential;
  /** Whether a URL is one of a file that Notion hosts. */
  readonly isHostedFile: (url: URL) => boolean;
  /** The steps of the path, which Portcullis's own looks at Notion take as well. They are known once calls come. */
  readonly steps: () => Steps;
}

/** Links to hosted files: what makes them in answers, what opens them, and what takes them back. */
export function openFileLinks(parts: LinkParts) {
  const { config, log, stores, deriveKey, now, closers, hashCredential, isHostedFile } = parts;
  const { fileTickets: tickets } = stores;
  const seal = createTicketSeal(deriveKey('file links', 64));
  const links = createFileLinks({ store: tickets, seal, hashCredential, now });
  const { evidence, confirmBy } = createFileEvidence({ now });
  const confirmShared = confirmBy((...asked) => createSystemGateway('file_links', parts.steps(), 'caller')(...asked));
  const fetcher = createFileFetcher(isHostedFile, config.proxy);
  const sweeping = setInterval(() => {
    tickets.sweep(now()).catch(error => log.warn({ err: error }, 'expired file tickets could not be deleted'));
  }, minuteMs);
  closers.push(fetcher.close, async () => clearInterval(sweeping));

  const rewriting: Pick<UrlRewriting, 'fileLinks' | 'evidence' | 'isHostedFile'> = {
    fileLinks: links,
    evidence,
    isHostedFile,
  };
  const files: Files = { links, mode: config.fileLinks, open: createOpenLinkedFile(confirmShared, fetcher.fetchFile) };
  return { rewriting, confirmShared, files };
}
