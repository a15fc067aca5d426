/** Names of the server's clients (OP-A3). */

export const clientNamePattern = '^[a-z0-9][a-z0-9_.-]{0,31}$'

/** Follows the place of a name in a message. */
export const clientNameRule =
  'must have 1 to 32 characters of a-z, 0-9, ".", "_" and "-", and begin with a letter or a digit.'

/** The name of all clients that share a token, and of all where none is needed. */
export const sharedClientName = 'default'

export const reservedNameRule = `must not be ${sharedClientName}: that is the client with the token of clientToken.`
