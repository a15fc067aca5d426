declare module 'cross-spawn/lib/util/escape' {
  export const argument: (text: string, isTwice: boolean) => string
  export const command: (text: string) => string
}
