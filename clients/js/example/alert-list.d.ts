export declare function AlertList(): import("react/jsx-runtime").JSX.Element;
