/** Below `/docs`: where a browser comes back to after a login from the page. A client that logs in there registers it. */
export const LOGIN_RETURNS = 'static/oauth2-redirect.html'

/** The redirect URI of a login from the page of `/docs`. */
export function docsRedirectUri(publicUrl: string): string {
  return `${publicUrl}/docs/${LOGIN_RETURNS}`
}
