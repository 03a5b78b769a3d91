// All that a Pulumi program imports.
export { normalFrom } from "./components/kept-normal.ts";
export type { SitePauseArgs } from "./components/site-parts.ts";
export { SitePause } from "./components/site-pause.ts";
export { type Word, wordOf, words } from "./components/word.ts";
export * from "./resources/index.ts";
