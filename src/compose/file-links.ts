import type { HashCredential } from '../domain/credential-hash.ts';
import { minuteMs } from '../domain/units.ts';
import type { Files } from '../doors/rest/file-operation.ts';
import { createFileFetcher } from '../forward/fetch-file.ts';
import { createFileEvidence } from '../forward/file-evidence.ts';
import { createOpenLinkedFile } from '../forward/open-linked-file.ts';
import type { Steps } from '../gateway.ts';
import { createFileTickets } from '../store/file-tickets.ts';
import { createFileLinks } from '../withhold/file-links.ts';
import type { UrlRewriting } from '../withhold/rewrite-urls.ts';
import { createTicketSeal } from '../withhold/ticket-seal.ts';
import type { Place } from './place.ts';
import { createSystemGateway } from './system-gateway.ts';

interface LinkParts extends Pick<Place, 'config' | 'log' | 'store' | 'deriveKey' | 'now' | 'closers'> {
  readonly hashCredential: HashCredential;
  /** Whether a URL is one of a file that Notion hosts. */
  readonly isHostedFile: (url: URL) => boolean;
}

/** Links to hosted files: what makes them in answers, and what opens them. */
export function openFileLinks({
  config,
  log,
  store,
  deriveKey,
  now,
  closers,
  hashCredential,
  isHostedFile,
}: LinkParts) {
  const tickets = createFileTickets(store.database);
  const seal = createTicketSeal(deriveKey('file links', 64));
  const links = createFileLinks({ store: tickets, seal, hashCredential, now });
  const { evidence, confirmBy } = createFileEvidence({ now });
  const fetcher = createFileFetcher(isHostedFile);
  const sweeping = setInterval(() => {
    tickets.sweep(now()).catch(error => log.warn({ err: error }, 'expired file tickets could not be deleted'));
  }, minuteMs);
  closers.push(fetcher.close, async () => clearInterval(sweeping));

  const rewriting: Pick<UrlRewriting, 'fileLinks' | 'evidence' | 'isHostedFile'> = {
    fileLinks: links,
    evidence,
    isHostedFile,
  };
  return {
    rewriting,
    /** @param steps of the path, which Portcullis's own looks at Notion take as well */
    opening: (steps: Steps): Files => ({
      links,
      mode: config.fileLinks,
      open: createOpenLinkedFile(confirmBy(createSystemGateway('file_links', steps)), fetcher.fetchFile),
    }),
  };
}
