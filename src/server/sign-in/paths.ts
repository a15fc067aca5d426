/** The paths of sign-in that more than their own routes know. */

export const metadataPath = '/.well-known/oauth-authorization-server'
export const oauthFolder = '/oauth/'

/** The page that a user opens to approve. */
export const devicePath = '/device'

/** They want a token, as the API does (SI-T1). */
export const settingsPath = '/managed/settings'
export const usagePath = '/api/oauth/usage'

/** Whether OAuth clients call the path: they expect their own format of errors (SI-A7). */
export const isOAuthPath = (path: string): boolean => path.startsWith(oauthFolder) || path === metadataPath
