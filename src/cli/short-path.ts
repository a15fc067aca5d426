import type { Machine } from '../config/paths.ts'

/** `~` for the person's own folder, as they would write it: for a terminal's narrow lines. */
export const shortPath = (path: string, { home }: Pick<Machine, 'home'>): string =>
  home.length > 1 && (path.startsWith(`${home}/`) || path.startsWith(`${home}\\`))
    ? `~${path.slice(home.length)}`
    : path
