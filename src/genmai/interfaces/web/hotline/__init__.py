"""The hotline card 书记一点通: a call becomes a matter in thirty seconds."""
