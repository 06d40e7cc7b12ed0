"""Where an event may lie: kernels around points, their mass in polygons, random points in them."""
