"""Where we operate: facilities, carriers with their rates, calendars, lanes to a customer."""
