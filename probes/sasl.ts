/** RFC 4616: the initial response of PLAIN, base64. */
export function plainBlob(username: string, password: string): string {
  return Buffer.from(`\0${username}\0${password}`, 'utf8').toString('base64');
}

/** Google's and Microsoft's XOAUTH2 initial response, base64; fields are separated by 0x01. */
export function xoauth2Blob(username: string, token: string): string {
  return Buffer.from(`user=${username}\x01auth=Bearer ${token}\x01\x01`, 'utf8').toString('base64');
}
