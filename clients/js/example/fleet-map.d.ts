import "leaflet/dist/leaflet.css";
import type { Fleet } from "../src/index.js";
export declare function FleetMap(props: {
    fleet: Fleet;
    choose: (id: string) => void;
}): import("react/jsx-runtime").JSX.Element;
