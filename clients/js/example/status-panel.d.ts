import type { Fleet } from "../src/index.js";
/** Counts, and the devices as a list to choose from. */
export declare function StatusPanel(props: {
    fleet: Fleet;
    chosen: string | undefined;
    choose: (id: string) => void;
}): import("react/jsx-runtime").JSX.Element;
