import type { Series } from "../src/index.js";
export declare function LineChart({ series }: {
    series: Series;
}): import("react/jsx-runtime").JSX.Element;
