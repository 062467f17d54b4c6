/** How Portcullis calls itself wherever it asks something (RFC 9110 section 10.1.5). */
export const userAgent = 'Portcullis';
