/** The hosts of Notion's files, on S3 by virtual host or by path, or under Notion's own name. */
const fileHosts = [
  /^prod-files-secure\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/,
  /^secure\.notion-static\.com$/,
  /^file\.notion\.(?:so|com)$/,
  /^[a-z0-9-]+\.notionusercontent\.com$/,
];
const pathStyle = /^s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/;
const bucketPath = /^\/(?:secure\.notion-static\.com|prod-files-secure)\//;

/** Whether a URL is one of a file that Notion hosts: the URL alone opens the file for a while. */
export function isNotionFileUrl(url: URL): boolean {
  if (url.protocol !== 'https:' || url.port !== '' || url.username !== '') return false;
  if (pathStyle.test(url.hostname)) return bucketPath.test(url.pathname);
  return fileHosts.some(pattern => pattern.test(url.hostname));
}

/** A signature among the parameters, as S3 and Notion's own hosts spell it. */
const signature = /[?&](?:x-amz-signature|signature|sig)=/i;

/**
 * Whether a text may be a URL that carries its own permission. A URL without a signature opens nothing, and is a mere
 * link.
 */
export function isSigned(text: string): boolean {
  return text.startsWith('http') && signature.test(text);
}
