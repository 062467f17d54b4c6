/** The name that Portcullis sends in its own requests (RFC 9110 section 10.1.5). */
export const userAgent = 'Portcullis';
