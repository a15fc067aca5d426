/** Takes a file's permissions from other users. Quotes the path for a shell, so that `~` still works in it. */
export const closingCommand = (path: string): string => `chmod 600 ${path.replace(/[^\w./~+:@%,-]/gu, '\\$&')}`
